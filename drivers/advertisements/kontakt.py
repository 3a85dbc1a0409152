"""Kontakt.io badges, bracelets and tags: a key, and the battery.

Badges of staff and patients, bracelets, asset tags. Heard: service data FE6A (AD type 16). Source: sz33psz/
kontakt-beacon-parser (commit 7be9609, which cites the maker's pages, and its tests). Confidence medium-high.

    6A FE  TT  ...
        T  01 shuffled identity, 02 plain identity: model, firmware (2), battery %, power, identity (1 or more bytes)
           03 telemetry: fields; 05 location: stepped over
    field: LL II value, where L counts I
        0C  battery, u8, %
        01  Unix time u32, battery u8 %
        11  click number u8, seconds since the click u16
        0D  seconds since the click u16
        others (02 05 06 07 08 0A 0B 0F 12 13 16): movement, light, rooms: stepped over

Every frame tells of the last click, with its age; FFFF: never. So a click of up to 30 s ago is a press, an older one is told
as of a key at rest: a press only when it is another than the last one known. Which it is, the number says, else the age.
A tag that shuffles its identity also turns its address: enrol one with a static address.

Sensor: no pressure, at no known place, worn.
"""

from __future__ import annotations

from drivers.advertisements.battery import battery
from drivers.advertisements.structures import decoder
from drivers.driver import AdvertisementDriver, Decoded, PressPolicy, Refused, SensorTraits
from drivers.framing import SERVICE_DATA_16, Fields, need
from drivers.measurement import Measurement

SERVICE = 0xFE6A

_IDENTITIES, _TELEMETRY, _LOCATION = (0x01, 0x02), 0x03, 0x05
_IDENTITY_BYTES = 7
_BATTERY, _HEALTH, _NUMBERED_CLICK, _CLICK = 0x0C, 0x01, 0x11, 0x0D
_LENGTHS = {_BATTERY: 1, _HEALTH: 5, _NUMBERED_CLICK: 3, _CLICK: 2}
_NEVER = 0xFFFF
_FRESH_S = 30


def _frame(frame: bytes) -> Decoded:
    need(frame, 1, "frame type")
    if frame[0] in _IDENTITIES:
        return _identity(frame)
    if frame[0] == _TELEMETRY:
        return _telemetry(_split(frame[1:]))
    if frame[0] == _LOCATION:
        return Decoded()
    raise Refused("unsupported", f"frame type {frame[0]:02X}")


def _identity(frame: bytes) -> Decoded:
    need(frame, _IDENTITY_BYTES, "identity")
    return Decoded(battery(frame[4]))


def _split(data: bytes) -> dict[int, bytes]:
    """The fields by id. Raises Refused."""
    fields = Fields(data)
    found: dict[int, bytes] = {}
    while fields.left:
        length = fields.u8("length")
        if length == 0:
            raise Refused("length", "a field of length 0")
        number, *value = fields.take(length, "field")
        if len(value) != _LENGTHS.get(number, len(value)):
            raise Refused("length", f"field {number:02X}: {len(value)} bytes, needs {_LENGTHS[number]}")
        found[number] = bytes(value)
    return found


def _telemetry(fields: dict[int, bytes]) -> Decoded:
    decoded = Decoded()
    if _BATTERY in fields:
        decoded.measurements += battery(fields[_BATTERY][0])
    elif _HEALTH in fields:
        decoded.measurements += battery(fields[_HEALTH][4])
    if _NUMBERED_CLICK in fields:
        number, *age = fields[_NUMBERED_CLICK]
        _add_click(decoded, bytes(age), number)
    elif _CLICK in fields:
        _add_click(decoded, fields[_CLICK], None)
    return decoded


def _add_click(decoded: Decoded, age: bytes, number: int | None) -> None:
    age_s = int.from_bytes(age, "little")
    if age_s == _NEVER:
        decoded.released.append(Measurement(kind="button", value="press"))
        return
    click = Measurement(kind="button", value="press", event=number, age_s=age_s)
    (decoded.measurements if age_s <= _FRESH_S else decoded.released).append(click)


DRIVER = AdvertisementDriver(
    name="kontakt",
    title="Kontakt.io badges, bracelets and tags",
    title_zh="Kontakt.io 胸牌、手环和标签",
    measures=("button", "battery"),
    decode=decoder({(SERVICE_DATA_16, SERVICE): _frame}),
    services=(SERVICE,),
    presses=PressPolicy(silence_s=0, by_age=True),
    keys_call_for_help=True,
    sensor=SensorTraits(worn=True),
)
