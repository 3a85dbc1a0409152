"""How states, faults, times and readings are said to people, wherever they look: on a terminal, on the page. Pure."""

from __future__ import annotations

from gateway.language import Language, Said
from gateway.words import incidents
from gateway.words.faults import FAULTS as ALERT_FAULTS
from gateway.words.status import BUTTONS, FAULTS, LINES, READINGS, STATES, TIMES

JUST_NOW_S = 120.0
OF_DEVICE = Said("{what}: {device}", "{what}：{device}")
UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def state_in_words(state: str, language: Language) -> str:
    """Of a link, a port, the disk, the clock; a word that has none stands for itself."""
    return STATES[state].of(language) if state in STATES else state


def fault_in_words(fault: str, device: str, language: Language) -> str:
    """What is wrong, and of which device ("": of none)."""
    known = ALERT_FAULTS.get(fault)
    said = known.of(language).format(devices=1, device=device) if known else _of_the_link(fault, language)
    return OF_DEVICE.of(language).format(what=said, device=incidents.device(fault, device, language)) if device else said


def _of_the_link(fault: str, language: Language) -> str:
    """Some name the stream that they are about behind them."""
    if fault in FAULTS:
        return FAULTS[fault].of(language)
    word, _, stream = fault.rpartition(" ")
    return FAULTS[word].of(language).format(stream=stream) if word in FAULTS else fault


def duration_in_words(seconds: float, language: Language) -> str:
    """In the largest unit of which there are two or more."""
    seconds = max(0, round(seconds))
    unit, size = next(((unit, size) for unit, size in UNITS if seconds >= 2 * size), UNITS[-1])
    return TIMES[unit].of(language).format(n=seconds // size)


def ago_in_words(seconds: float, language: Language) -> str:
    """To the minute: what is on a screen all day does not change each second."""
    if seconds < JUST_NOW_S:
        return LINES["now"].of(language)
    return LINES["ago"].of(language).format(time=duration_in_words(seconds // 60 * 60, language))


def reading_in_words(kind: str, value: object, language: Language) -> str:
    """What was measured, with its unit. `value`: as JSON has it."""
    words = READINGS.get(kind, Said(f"{kind} {{}}", f"{kind} {{}}"))
    return words.of(language).format(_value(value, language))


def _value(value: object, language: Language) -> str:
    match value:
        case bool():
            return LINES["yes" if value else "no"].of(language)
        case str():
            return BUTTONS[value].of(language) if value in BUTTONS else value
        case {"systolic": int() | float() as systolic, "diastolic": int() | float() as diastolic}:
            return f"{systolic:g}/{diastolic:g}"
        case {"latitude": float() as latitude, "longitude": float() as longitude}:
            return f"{latitude:.4f} {longitude:.4f}"
        case int() | float():
            return f"{value:g}"
        case _:
            return str(value)
