"""KKM's K-series: buttons, and the wristbands W3 and W7, which tell that their strap was cut.

Sold under many names (Blue Charm); the maker names hospitals and nursing homes as the use. Heard: iBeacons (company 004C),
manufacturer data of company 0A53, service data 2080 and FEAA. Sources: kkmhogen/android_kbeaconlib2 (commit 305aaa4:
KBAdvPacket*.java, KBTriggerType.java, KBUtility.java), KBeaconProDemo_Android (commit 9d32d76: README, sections 4.3.4.1 and
4.3.4.4), custom-components/ble_monitor (commit 5690220: kkm.py). Confidence: high for the layout, medium for the behaviour.
Numbers are big endian.

    4C 00  02 15  UUID (16) ...  trigger with "change UUID": the band's own UUID plus n, as a 128-bit number
        n  0 alive, 3 long, 4 single, 5 double, 6 triple press, 7 the strap was cut; 1, 2 movement, 8 to 15 rooms: nothing
    80 20  BB                    battery, %; more than 100 counts as 100
    53 0A  22 MM BB  address (6)  firmware (2)    M model; B battery, %; above 100 it is dropped
    53 0A  21 KKKK  values       K: mask of what follows, by bit: 0 voltage mV u16, 1 temperature s8.8, 2 humidity s8.8,
                                 3 acceleration (6), 4 alarm u8, 5 infrared u8, 6 light u16, 7 VOC (5), 9 CO2 (3),
                                 10 records (3), others no bytes; bytes left over are ignored
    53 0A  06 ...                encrypted values; 03 encrypted beacon, 04 angle: unsupported
    AA FE  21, 22                as of 0A53 (older firmware); others are Eddystone

Key: the base UUID, 16 bytes; choose one whose last byte is at most F0, so that nothing carries. A press is sent for the
configured time (10 to 20 s, every 200 ms), without a counter: the next is told by 30 s of silence. What the alarm byte means
depends on the model (strap, door): it decides nothing. With a press trigger the key no longer makes the band connectable: then
it can be configured only within 30 s of power-on.

Sensor: no pressure, at no known place, worn.
"""

from __future__ import annotations

from drivers.advertisements import ibeacon
from drivers.advertisements.battery import battery
from drivers.advertisements.structures import by_id, decode_structures
from drivers.driver import Advertisement, AdvertisementDriver, Decoded, Refused, SensorTraits
from drivers.framing import MANUFACTURER_DATA, SERVICE_DATA_16, Fields, need
from drivers.measurement import Measurement

COMPANY, EDDYSTONE, BATTERY = 0x0A53, 0xFEAA, 0x2080
KEY_BYTES = ibeacon.UUID_BYTES

_TRIGGERS: dict[int, tuple[Measurement, ...]] = dict.fromkeys(range(16), ()) | {
    3: (Measurement(kind="button", value="long_press"),),
    4: (Measurement(kind="button", value="press"),),
    5: (Measurement(kind="button", value="double_press"),),
    6: (Measurement(kind="button", value="triple_press"),),
    7: (Measurement(kind="worn", value=False),),
}
_ENCRYPTED, _SENSORS, _SYSTEM = 0x06, 0x21, 0x22
_SYSTEM_BYTES = 11
_VOLTAGE, _ALARM = 0, 4
_VALUE_BYTES = {_VOLTAGE: 2, 1: 2, 2: 2, 3: 6, _ALARM: 1, 5: 1, 6: 2, 7: 5, 9: 3, 10: 3}


def decode(advertisement: Advertisement, key: bytes | None = None) -> Decoded:
    """What one advertisement tells. `key`: the base UUID, 16 bytes. Raises Refused."""
    readers = {(MANUFACTURER_DATA, ibeacon.COMPANY): lambda data: _trigger(data, key), **_READERS}
    return decode_structures(advertisement, by_id(readers))


def _trigger(frame: bytes, key: bytes | None) -> Decoded | None:
    if key is None or len(key) != KEY_BYTES:
        return None
    identity = ibeacon.identity(frame)
    if identity is None:
        return None
    number = int.from_bytes(identity[:KEY_BYTES], "big") - int.from_bytes(key, "big")
    return Decoded(list(_TRIGGERS[number])) if number in _TRIGGERS else None


def _battery(data: bytes) -> Decoded:
    need(data, 1, "battery")
    return Decoded(battery(min(data[0], 100)))


def _eddystone(frame: bytes) -> Decoded | None:
    return _frame(frame) if frame[:1] and frame[0] in (_SENSORS, _SYSTEM) else None


def _frame(frame: bytes) -> Decoded:
    need(frame, 1, "frame type")
    if frame[0] == _SYSTEM:
        return _system(frame)
    if frame[0] == _SENSORS:
        return _sensors(frame)
    if frame[0] == _ENCRYPTED:
        raise Refused("encrypted", "encrypted sensor values")
    raise Refused("unsupported", f"frame type {frame[0]:02X}")


def _system(frame: bytes) -> Decoded:
    need(frame, _SYSTEM_BYTES, "system")
    return Decoded(battery(frame[2]))


def _sensors(frame: bytes) -> Decoded:
    fields = Fields(frame[1:])
    mask = int.from_bytes(fields.take(2, "mask"), "big")
    values = {
        bit: int.from_bytes(fields.take(size, f"value {bit}"), "big") for bit, size in _VALUE_BYTES.items() if mask >> bit & 1
    }
    names = {_VOLTAGE: "battery_mv", _ALARM: "alarm"}
    return Decoded(status={name: values[bit] for bit, name in names.items() if bit in values})


_READERS = {
    (SERVICE_DATA_16, BATTERY): _battery,
    (SERVICE_DATA_16, EDDYSTONE): _eddystone,
    (MANUFACTURER_DATA, COMPANY): _frame,
}

DRIVER = AdvertisementDriver(
    name="kbeacon",
    title="KKM K-series buttons and wristbands W3, W7",
    title_zh="KKM K 系列按钮和 W3、W7 手环",
    measures=("button", "worn", "battery"),
    decode=decode,
    services=(BATTERY, EDDYSTONE),
    identity_bytes=(KEY_BYTES,),
    companies=(COMPANY,),  # without its key an iBeacon is anybody's
    keys_call_for_help=True,
    sensor=SensorTraits(worn=True),
)
