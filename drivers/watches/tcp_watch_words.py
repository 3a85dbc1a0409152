"""What each word of `tcp-watch-3g` tells, how it is answered, and what a watch is told to do. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from drivers.driver import Automatic, Find, Measure, Order, Refused, ShowText
from drivers.measurement import BloodPressure, Kind, Measurement, Value
from drivers.watches import tcp_watch_position as position
from drivers.watches.tcp_watch_frames import WatchFrame
from drivers.watches.tcp_watch_position import WRONG_LENGTH, number, percent

POSITIONS = ("AL", "UD", "WT")


class Word(NamedTuple):
    """What a command is: `read` gives what it tells, `answer` is said back ("": nothing), `health`: its length must fit.

    `keeps`: answered only when what it tells is on the disk.
    """

    read: Callable[[Sequence[str]], list[Measurement]] | None = None
    answer: str = ""
    health: bool = False
    keeps: bool = False


def told(frame: WatchFrame) -> list[Measurement]:
    """What a frame tells. Raises Refused; never of an alarm."""
    name, word = known(frame.command)
    if name in POSITIONS:
        if not frame.has_length and name != "AL":
            raise Refused("length", "its length is no number")
        return position.read(frame.fields, alarm=name == "AL", fits=frame.fits)
    if not frame.has_length or (word is not None and word.health and not frame.fits):
        raise Refused("length", "its length is not what it says")
    if word is None:
        if frame.command.upper() in SAID_BACK:
            return []
        raise Refused("unsupported", "an unknown command")
    found = word.read(frame.fields) if word.read else []
    return found if frame.fits else [_doubted(one) for one in found]


def told_besides(frame: WatchFrame) -> dict[str, object]:
    """That a measurement has failed; alarms that are no reading."""
    name, _ = known(frame.command)
    if name == "BTEMP2" and len(frame.fields) > 1 and number(frame.fields[1]) in (0, 1):
        return {"measurement": "failed"}
    bits = position.other_alarms(frame.fields) if name in POSITIONS else []
    return {"alarm_bits": bits} if bits else {}


def known(command: str) -> tuple[str, Word | None]:
    """The name of a command in the table, and what it is: no alarm is lost to a new suffix."""
    name = command.upper()
    if name in WORDS:
        return name, WORDS[name]
    if name[:2] in ("AL", "UD"):
        return name[:2], WORDS[name[:2]]
    return name, None


def _doubted(one: Measurement) -> Measurement:
    return Measurement(kind=one.kind, value=one.value, quality=(*one.quality, WRONG_LENGTH))


# --- what a watch tells -------------------------------------------------------------------------------------------------


def _link(fields: Sequence[str]) -> list[Measurement]:
    """Steps, tumbles, battery; or nothing."""
    found = []
    if fields and fields[0].strip():
        found.append(Measurement(kind="steps", value=_positive(fields[0])))
    if len(fields) > 2 and fields[2].strip():
        found.append(Measurement(kind="battery", value=percent(fields[2])))
    return found


def _pressure_and_pulse(fields: Sequence[str]) -> list[Measurement]:
    systolic, diastolic, pulse = (_positive(field) for field in _first(fields, 3))
    return [*_pressure_of(systolic, diastolic), *_unless_zero("heart_rate", pulse)]


def _pressure(fields: Sequence[str]) -> list[Measurement]:
    systolic, diastolic = (_positive(field) for field in _first(fields, 2))
    return _pressure_of(systolic, diastolic)


def _pressure_of(systolic: float, diastolic: float) -> list[Measurement]:
    if not systolic or not diastolic:
        return []
    if diastolic >= systolic:
        raise Refused("implausible", "diastolic not below systolic")
    return [Measurement(kind="blood_pressure", value=BloodPressure(systolic, diastolic))]


def _pulse(fields: Sequence[str]) -> list[Measurement]:
    (pulse,) = _first(fields, 1)
    return _unless_zero("heart_rate", _positive(pulse))


def _oxygen(fields: Sequence[str]) -> list[Measurement]:
    _by_hand, value = _first(fields, 2)
    return _unless_zero("oxygen_saturation", percent(value))


def _forehead_or_wrist(fields: Sequence[str]) -> list[Measurement]:
    """0 and 1 in place of degrees: it failed."""
    mode, value = _first(fields, 2)
    kinds: dict[float, Kind] = {0: "body_temperature", 1: "skin_temperature"}
    kind, degrees = kinds.get(number(mode)), _positive(value)
    if kind is None:
        raise Refused("implausible", "neither forehead nor wrist")
    return [] if degrees in (0, 1) else [Measurement(kind=kind, value=degrees)]


def _temperature(fields: Sequence[str]) -> list[Measurement]:
    (degrees,) = _first(fields, 1)
    return _unless_zero("body_temperature", _positive(degrees))


def _first(fields: Sequence[str], count: int) -> Sequence[str]:
    if len(fields) < count:
        raise Refused("length", f"{len(fields)} fields, needs {count}")
    return fields[:count]


def _positive(text: str) -> float:
    value = number(text)
    if value < 0:
        raise Refused("implausible", "a value below 0")
    return value


def _unless_zero(kind: Kind, value: Value) -> list[Measurement]:
    return [Measurement(kind=kind, value=value)] if value else []


WORDS = {
    "LK": Word(_link, answer="LK"),
    "UD": Word(),
    "WT": Word(),
    "AL": Word(answer="AL", keeps=True),
    "BPHRT": Word(_pressure_and_pulse, answer="bphrt", health=True, keeps=True),
    "BLOOD": Word(_pressure, health=True),
    "HEART": Word(_pulse, health=True),
    "PULSE": Word(_pulse, health=True),
    "OXYGEN": Word(_oxygen, answer="oxygen,1", health=True, keeps=True),
    "BTEMP2": Word(_forehead_or_wrist, answer="btemp2", health=True, keeps=True),
    "TEMP": Word(_temperature, health=True),
    "CONFIG": Word(answer="CONFIG,1"),
    "INIT": Word(answer="INIT,1"),
    "TKQ": Word(answer="TKQ"),
    "TKQ2": Word(answer="TKQ2"),
    # Voices and pictures are nobody's affair here: dropped unread.
    **dict.fromkeys(("TK", "TK2", "JXTK", "IMG"), Word()),
}


# --- what a watch is told ------------------------------------------------------------------------------------------------

_MEASURED_BY = "HRTSTART", "HEALTHAUTOSET", "BODYTEMP2", "BODYTEMP", "CR", "UPLOAD"
_SHOWN_BY = "MESSAGE", "FIND", "FALLDOWN", "LSSET", "REMOVE", "LZ"
SAID_BACK = frozenset((*_MEASURED_BY, *_SHOWN_BY))  # a watch confirms an order by its word
_MEASURE: dict[Kind | None, str] = {
    None: "hrtstart,1",
    "heart_rate": "hrtstart,1",
    "blood_pressure": "hrtstart,1",
    "body_temperature": "bodytemp2",
    "skin_temperature": "bodytemp2",
    "position": "CR",
}


def order_content(order: Order) -> str:
    """What makes a watch do this; "": it has no word for it."""
    match order:
        case Measure(kind, stream=False):
            return _MEASURE.get(kind, "")
        case ShowText(text):
            return f"MESSAGE,{text.encode('utf-16-be').hex().upper()}"
        case Find():
            return "FIND"
        case Automatic(minutes, None | "heart_rate" | "blood_pressure"):
            return f"HEALTHAUTOSET,1,{int(minutes > 0)},{60 * minutes or 300}"
        case _:
            return ""
