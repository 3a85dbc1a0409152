"""Ingics' key fobs, pendants and tags iBS01 and iBS03 to iBS09; iBS01G, iBS03G and iBS08F tell a fall.

Heard: manufacturer data of companies 0059, 000D and 082C (AD type FF), also as Ingics gateways forward it. 0059 and 000D are
chip makers' ids (Nordic, TI), so the code counts too. Sources: the maker's ingics/ingics-message-parser (commit 676e070:
lib/ibs-parser.js, __test__) and ingics-message-parser-py (commit cadc5af). Confidence high. Numbers are little endian,
positions count from the code.

    code  company           frame
    BC80  0059              CCCC VVVV EE values (6) SS tttttt
    BC83  000D, 082C        the same (the maker's parser knows one list of subtypes for both)
    BC82  any               the same; no key
    BC87  082C              S at 17
    BC88  082C              S at 19
    BC81, BC85, BC86  any   CCCC VVVV three accelerations (18); V: bits 0-11 battery, bit 12 moving, bit 13 key
        V  battery, 0.01 V
        E  bit 0 key, 1 moving, 2 magnet, 3 fall, 4 infrared, 5 beam or flip, 6 digital input
        S  subtype: which of the bits the device has (see the tables); 00, FF of old iBS01: all of them, unless a temperature
           is at 5, which then is neither xxFF nor FFxx

No counter: the next press, and the next fall, is told by the change of its bit, or 30 s of silence.

Sensor: no pressure, at no known place, worn.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from drivers.advertisements.structures import decoder
from drivers.driver import AdvertisementDriver, Decoded, Refused, SensorTraits
from drivers.framing import MANUFACTURER_DATA, need
from drivers.measurement import Measurement

NORDIC, TEXAS, INGICS = COMPANIES = (0x0059, 0x000D, 0x082C)

_KEY, _FALL = 0x01, 0x08
_TOLD = {_KEY: Measurement(kind="button", value="press"), _FALL: Measurement(kind="fall", value=True)}


class _Layout(NamedTuple):
    """Bytes that a frame needs, where its subtype stands, and which bits each subtype has."""

    size: int
    subtype_at: int
    bits: dict[int, int]


def _bits(*, none: str = "", key: str = "", key_and_fall: str = "") -> dict[int, int]:
    """Subtype -> bits that are told."""
    groups = ((none, 0), (key, _KEY), (key_and_fall, _KEY | _FALL))
    return {subtype: bits for subtypes, bits in groups for subtype in bytes.fromhex(subtypes)}


_WITHOUT_SUBTYPE = (0x00, 0xFF)  # old firmware of iBS01
_IBS01 = _Layout(15, 11, _bits(key="03 04 05 07", key_and_fall="06 00 FF"))
_IBS02_TO_06 = _Layout(
    15,
    11,
    _bits(
        none="01 02 04 12 13 17 1A 1B 1C 1D 20 21 22 23 24 25 26 40",
        key="10 14 15 18 19 30 31 32 33 34 35 36 3A",
        key_and_fall="16",
    ),
)
_IBS07 = _Layout(18, 17, _bits(key="50"))
_IBS08_AND_09 = _Layout(20, 19, _bits(none="44", key="42 45 46 47 49 4A 4B 4E 51 52 53 54", key_and_fall="4D"))
_LAYOUTS = {
    (NORDIC, 0xBC80): _IBS01,
    (TEXAS, 0xBC83): _IBS02_TO_06,
    (INGICS, 0xBC83): _IBS02_TO_06,
    (INGICS, 0xBC87): _IBS07,
    (INGICS, 0xBC88): _IBS08_AND_09,
}
_WITHOUT_KEY, _WITHOUT_KEY_BYTES = 0xBC82, 15
_ACCELERATIONS, _ACCELERATIONS_BYTES = (0xBC81, 0xBC85, 0xBC86), 22
_ACCELERATIONS_KEY, _VOLTAGE = 0x2000, 0x0FFF


def _frame(company: int, frame: bytes) -> Decoded | None:
    code = int.from_bytes(frame[:2], "little")
    if code in _ACCELERATIONS:
        return _accelerations(frame)
    if code == _WITHOUT_KEY:
        need(frame, _WITHOUT_KEY_BYTES, "events")
        return _told(_voltage(frame), 0, 0)
    if (company, code) in _LAYOUTS:
        return _events(_LAYOUTS[company, code], frame)
    return None


def _events(layout: _Layout, frame: bytes) -> Decoded:
    need(frame, layout.size, "events")
    subtype = frame[layout.subtype_at]
    if subtype not in layout.bits:
        raise Refused("unsupported", f"subtype {subtype:02X}")
    thermometer = layout is _IBS01 and subtype in _WITHOUT_SUBTYPE and 0xFF not in frame[5:7]
    return _told(_voltage(frame), frame[4], 0 if thermometer else layout.bits[subtype])


def _accelerations(frame: bytes) -> Decoded:
    need(frame, _ACCELERATIONS_BYTES, "accelerations")
    voltage = _voltage(frame)
    return _told(voltage & _VOLTAGE, _KEY if voltage & _ACCELERATIONS_KEY else 0, _KEY)


def _voltage(frame: bytes) -> int:
    return int.from_bytes(frame[2:4], "little")


def _told(voltage: int, events: int, bits: int) -> Decoded:
    """What those of the events tell that the device has."""
    decoded = Decoded(status={"battery_v": voltage / 100})
    for bit, measurement in _TOLD.items():
        if bits & bit:
            (decoded.measurements if events & bit else decoded.released).append(measurement)
    return decoded


DRIVER = AdvertisementDriver(
    name="ingics",
    title="Ingics iBS01 and iBS03 to iBS09: key fobs, pendants, tags",
    title_zh="Ingics iBS01、iBS03 至 iBS09：钥匙扣、吊坠、标签",
    measures=("button", "fall"),
    decode=decoder({(MANUFACTURER_DATA, company): partial(_frame, company) for company in COMPANIES}),
    companies=COMPANIES,
    keys_call_for_help=True,
    sensor=SensorTraits(worn=True),
)
