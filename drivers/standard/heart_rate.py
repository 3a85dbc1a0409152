"""Heart Rate Profile: chest straps, arm bands, ear clips, watches that broadcast their pulse.

Polar H9, H10, OH1, Verity Sense, CooSpo, Magene, Wahoo, Garmin; Amazfit and Mi Band with "share heart rate" switched on in
the maker's app. Heard: service 180D; appearance 0340, 0341. Sources: GATT Specification Supplement, Heart Rate Measurement,
Body Sensor Location; which words and kinds come of them is this project's choice.

    2A37 Heart Rate Measurement, notify, about 1/s       FF HH [HH] [EE EE] [RR RR]...
        F  bit 0     H has two bytes
           bits 2,1  contact with the skin: 0x cannot be told, 10 lost, 11 there (bit 1 alone means nothing)
           bit 3     E is there
           bit 4     R is there: as many as fit, or none at all
           bits 5-7  reserved: ignored
        H  heart rate, /min; 0: the sensor is off, no measurement
        E  energy since reset, kJ (no kind in the contract: stepped over)
        R  time between beats, 1/1024 s, oldest first: `rr_ms` of the reading
    2A38 Body Sensor Location, read, once                LL
        L  0 other, 1 chest, 2 wrist, 3 finger, 4 hand, 5 ear lobe, 6 foot
    2A39 Heart Rate Control Point, write                 01       resets the energy, which others may want: never written

Contact lost with a rate that is not 0: bands go on with the last number for up to a minute, so it is delivered as
`invalid:no_contact`. But where times between beats come with it that agree with the rate, beats are being measured, and the
bit is stuck (a Wahoo Blue HR on its wearer told contact lost for ever): then the rate counts, and of contact nothing is said
but the status `contact_contradicted`.

Bytes after the last field (padding to 20) are ignored where no R is flagged; an odd one in R refuses.

Sensor: no pressure, at no known place, worn.
"""

from __future__ import annotations

from collections.abc import Mapping

from drivers.bluetooth_uuid import full_uuid
from drivers.driver import Decoded, Refused, SensorTraits
from drivers.framing import Fields
from drivers.measurement import Measurement
from drivers.standard import battery
from drivers.standard.profile import Profile

SERVICE = full_uuid(0x180D)
HEART_RATE_MEASUREMENT = full_uuid(0x2A37)
BODY_SENSOR_LOCATION = full_uuid(0x2A38)

_WIDE_RATE, _CONTACT, _CONTACT_KNOWN, _ENERGY, _RR = 0x01, 0x02, 0x04, 0x08, 0x10
_AGREEING = 0.1  # of the rate, which is a mean of more beats than came with it
_LOCATIONS = ("other", "chest", "wrist", "finger", "hand", "ear_lobe", "foot")


def decode(characteristic: str, data: bytes, _settings: Mapping[str, bytes] | None = None) -> Decoded:
    """One value of one characteristic. Raises Refused."""
    if characteristic == HEART_RATE_MEASUREMENT:
        return _measurement(data)
    if characteristic == BODY_SENSOR_LOCATION:
        return _location(data)
    return battery.decode(characteristic, data)


def _measurement(data: bytes) -> Decoded:
    fields = Fields(data)
    flags = fields.u8("flags")
    rate = fields.u16("heart rate") if flags & _WIDE_RATE else fields.u8("heart rate")
    if flags & _ENERGY:
        fields.u16("energy")
    if flags & _RR and fields.left % 2:
        raise Refused("length", "the last RR interval has 1 byte, needs 2")
    between = _between_beats(fields) if flags & _RR else ()
    worn = bool(flags & _CONTACT) if flags & _CONTACT_KNOWN else None
    if worn is False and _are_beats_of(rate, between):
        return Decoded(_measurements(rate, between, None), status={"contact_contradicted": True})
    return Decoded(_measurements(rate, between, worn))


def _are_beats_of(rate: int, between: tuple[int, ...]) -> bool:
    return bool(between) and abs(60_000 * len(between) / sum(between) - rate) <= _AGREEING * rate


def _between_beats(fields: Fields) -> tuple[int, ...]:
    """In ms; an interval of 0 is none."""
    told = [fields.u16("RR interval") for _ in range(fields.left // 2)]
    return tuple(round(interval * 1000 / 1024) for interval in told if interval)


def _measurements(rate: int, between: tuple[int, ...], worn: bool | None) -> list[Measurement]:
    found = []
    if rate:
        quality = ("invalid:no_contact",) if worn is False else ()
        found.append(Measurement(kind="heart_rate", value=rate, quality=quality, rr_ms=between))
    if worn is not None:
        found.append(Measurement(kind="worn", value=worn))
    return found


def _location(data: bytes) -> Decoded:
    code = Fields(data).u8("body sensor location")
    return Decoded(status={"sensor_location": _LOCATIONS[code] if code < len(_LOCATIONS) else "reserved"})


PROFILE = Profile(
    name="ble-heart-rate",
    title="Heart Rate Profile: chest straps, arm bands, watches that broadcast their pulse",
    title_zh="心率服务（Heart Rate Profile）：胸带、臂带、可广播心率的手表",
    measures=("heart_rate", "worn", "battery"),
    service=SERVICE,
    values=(HEART_RATE_MEASUREMENT,),
    settings=(BODY_SENSOR_LOCATION,),
    decode=decode,
    streams=True,
    sensor=SensorTraits(worn=True),
)
