"""nonin-3230: oximeters of Nonin with Bluetooth LE by their own service (Onyx II 3230, WristOx2 3150 BLE).

Enrolled by hand (names `Nonin3230_` and `Nonin3150_` with a number) or by the service. The 3230 also speaks the Pulse Oximeter
Profile, with spot checks from its memory: for those enrol it as `ble-pulse-oximeter`. Nothing is written here; a bond is made
where the clip asks for one.

    service 46a970e0-0d5f-11e2-8b5e-0002a5d5c51b
    0aad7ea0-0d60-11e2-8e3c-0002a5d5c51b   notify: once a second, big endian; what is behind byte 9 is reserved
    1447af80-0d60-11e2-88b6-0002a5d5c51b   write: never ("measurement complete", after which it hangs up)

    LL ss bb PP PP cc cc oo pp pp ..
        L  bytes in all, with this one       b  voltage, tenths      P  pulse amplitude index      c  counter, seconds
        s  status: bit 1 weak signal, 3 searching for a pulse: questionable:weak_signal; 2 SmartPoint, as at the serial lines,
           and 6, the link is encrypted, as after bonding: passed over; 4 the finger is well placed, else
           questionable:displaced; 5 battery low
        o  oxygen saturation, %: 127 none    p  pulse, /min: 511 none

Another length than it says, or less than ten bytes: `length`.

Confidence: medium to high: the maker's table, as programs in Java and in Swift hold it, and a client of another author for the
3150 agree; no captured frame is published. Not known: whether a 3230 needs a bond for this service with every firmware.
Sources: andreasdri/nonin-3230-ble; Isansys PatientGateway `BluetoothLeNonin3230.java` (the maker's table); a recorder for iOS,
`ble_nco_spec_decoder.swift` (the maker's 113142-000-02, revision B: the bits of the status); a client in Python for the
WristOx2 3150; calebmgshort/Nonin3230Oximeter.

Sensor: no pressure, finger, not worn.
"""

from __future__ import annotations

from datetime import datetime

from drivers.bands.clip_talk import Clip, ClipTalk, whole
from drivers.driver import (
    ConnectionDriver,
    Context,
    Conversation,
    Decoded,
    Order,
    Refused,
    SensorTraits,
    Services,
    Subscribe,
)
from drivers.framing import need
from drivers.serial_line.oximeter import readings

SERVICE = "46a970e0-0d5f-11e2-8b5e-0002a5d5c51b"
VALUES = "0aad7ea0-0d60-11e2-8e3c-0002a5d5c51b"

_FEWEST = 10
_WEAK, _PLACED, _BATTERY_LOW = 0x02 | 0x08, 0x10, 0x20
_NO_PULSE, _NO_OXYGEN = 511, 127


def decode(characteristic: str, data: bytes, _at: datetime | None = None) -> Decoded:
    """One value of a characteristic, which is a frame. Raises Refused."""
    if characteristic != VALUES:
        raise Refused("not_mine", f"characteristic {characteristic} is none of this driver's")
    need(data, _FEWEST, "frame")
    if data[0] != len(data):
        raise Refused("length", f"frame: {len(data)} bytes, says {data[0]}")
    status, oxygen, pulse = data[1], data[7], int.from_bytes(data[8:10])
    quality: tuple[str, ...] = ("questionable:weak_signal",) if status & _WEAK else ()
    if not status & _PLACED:
        quality += ("questionable:displaced",)
    measured = readings(None if pulse == _NO_PULSE else pulse, None if oxygen == _NO_OXYGEN else oxygen, quality=quality)
    return Decoded(measured, status={"battery_low": bool(status & _BATTERY_LOW)})


def converse(services: Services, context: Context, order: Order) -> Conversation:
    """Begins the conversation of one connection."""
    return ClipTalk(services, context).converse(Clip(whole(decode), Subscribe(VALUES, SERVICE)), order)


DRIVER = ConnectionDriver(
    name="nonin-3230",
    title="Nonin Bluetooth oximeters by their own service (Onyx II 3230, WristOx2 3150 BLE)",
    title_zh="诺宁 Nonin 蓝牙血氧仪，厂家自有服务（Onyx II 3230、WristOx2 3150 BLE）",
    measures=("heart_rate", "oxygen_saturation", "battery_low"),
    services=(SERVICE,),
    converse=converse,
    decode=decode,
    streams=True,
    on_sight=True,
    sensor=SensorTraits(site="finger"),
)
