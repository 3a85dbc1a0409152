"""Whether what a driver gives is what a driver may give. What else comes is a bug of the driver, and goes no further. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import get_args

from msgspec import UnsetType
from msgspec.structs import astuple

from drivers.bluetooth_uuid import parse_uuid
from drivers.conversation import (
    Answered,
    ClockAhead,
    Learnt,
    PairAgain,
    Read,
    Report,
    ReportItems,
    Send,
    Subscribe,
    Wait,
    Write,
)
from drivers.decoded import REASONS, Advertisement, CommandResult, Decoded, Refusal, Refused, Status, WriteBack
from drivers.driver import AdvertisementDriver, ConnectionDriver, Driver, PressPolicy, SensorTraits, SerialDriver
from drivers.measurement import BUTTONS, UNITS, BloodPressure, Measurement, Position
from drivers.orders import Order, Outcome, OutcomeWord

MOST_OF_A_FRAME = 10_000  # a day's records in one report are less
LONGEST_WORD = 200
LEAST, LARGEST = -(2**63), 2**64 - 1  # what JSON takes; a cuff numbers its records with all eight bytes
ADDRESS = re.compile(r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}|[0-9]{5,15}")  # of a radio, or the id of a watch
OUTCOMES = frozenset(get_args(OutcomeWord))


def is_sound(measurement: object) -> bool:
    """Whether the kind is one of ours, the value is of that kind, every number is finite, and the rest is what it should be."""
    return (
        type(measurement) is Measurement
        and _fits(measurement.kind, measurement.value)
        and _is_number(measurement.age_s)
        and (measurement.device_time is None or _is_word(measurement.device_time))
        and type(measurement.quality) is tuple
        and all(map(_is_word, measurement.quality))
        and (measurement.event is None or _is_int(measurement.event) or _is_word(measurement.event))
        and (measurement.record is None or _is_int(measurement.record))
        and (measurement.which is None or _is_int(measurement.which))
        and (measurement.user_id is None or _is_int(measurement.user_id))
        and (measurement.second is None or _is_int(measurement.second))
        and _is_address(measurement.address)
        and (not measurement.rr_ms or (_all_ints(measurement.rr_ms) and len(measurement.rr_ms) <= MOST_OF_A_FRAME))
    )


def is_sound_item(item: object) -> bool:
    """Whether this may come out of a serial line's decoder."""
    if type(item) is Measurement:  # thousands a second
        return is_sound(item)
    match item:
        case Advertisement():
            return type(item.data) is bytes and _is_address(item.address) and (item.rssi is None or _is_int(item.rssi))
        case Refusal():
            return _is_refusal(item)
        case CommandResult():
            return _is_int(item.command) and _is_outcome(item.outcome)
        case Status():
            return isinstance(item.fields, Mapping)
        case WriteBack():
            return type(item.data) is bytes and _is_address(item.address)
        case _:
            return False


def is_sound_want(want: object) -> bool:
    """Whether a conversation may want or report this; what kinds of wants a link understands is its own affair."""
    match want:
        case Wait(seconds) | ClockAhead(seconds) | Read(limit_s=seconds):
            return _is_number(seconds)
        case Report(decoded):
            return is_whole(decoded)
        case ReportItems(items):
            return type(items) is list and len(items) <= MOST_OF_A_FRAME
        case Learnt(facts):
            return isinstance(facts, Mapping)
        case Answered(order, outcome):
            return _is_order(order) and _is_outcome(outcome)
        case PairAgain(why):
            return _is_word(why)
        case Send(data):
            return type(data) is bytes
        case Write(characteristic, data):
            return _is_word(characteristic) and type(data) is bytes
        case Subscribe(characteristic):
            return _is_word(characteristic)
    return True


def is_whole(decoded: object) -> bool:
    """Whether this is a Decoded in all its parts but the measurements, which are judged one by one."""
    return (
        type(decoded) is Decoded
        and type(decoded.measurements) is list
        and len(decoded.measurements) <= MOST_OF_A_FRAME
        and type(decoded.refusals) is list
        and all(map(_is_refusal, decoded.refusals))
        and type(decoded.status) is dict
        and (decoded.counter is None or _is_int(decoded.counter))
        and type(decoded.released) is list
        and all(map(is_sound, decoded.released))
    )


def refusal_of(refused: Refused) -> Refusal | None:
    """What a Refused says; None: it is not what it should be."""
    refusal = getattr(refused, "refusal", None)
    return refusal if _is_refusal(refusal) else None


# --- what a driver declares -------------------------------------------------------------------------------------------


def unsound_declaration(driver: Driver) -> str:
    """What is wrong in a driver's declaration; "": nothing."""
    right: dict[str, bool] = {}
    match driver:
        case AdvertisementDriver():
            right = {
                "decode": callable(driver.decode),
                "services": _all_ints(driver.services),
                "companies": _all_ints(driver.companies),
                "identity_bytes": _all_ints(driver.identity_bytes),
                "presses": _is_policy(driver.presses),
            }
        case ConnectionDriver():
            right = {
                "decode": callable(driver.decode),
                "converse": callable(driver.converse),
                "services": type(driver.services) is tuple and all(map(_is_uuid, driver.services)),
                "visit": type(driver.visit) is tuple and len(driver.visit) > 0,
                "silence_s": _is_number(driver.silence_s),
            }
        case SerialDriver():
            right = {
                "decoder": callable(driver.decoder),
                "converse": driver.converse is None or callable(driver.converse),
                "signal": driver.signal is None or callable(driver.signal),
                "baud": _is_int(driver.baud) and driver.baud > 0,
                "repeats_s": _is_number(driver.repeats_s) or driver.repeats_s == math.inf,
            }
    right["sensor"] = type(driver.sensor) is SensorTraits
    return ", ".join(name for name, is_right in right.items() if not is_right)


def _is_policy(presses: object) -> bool:
    return type(presses) is PressPolicy and _is_number(presses.silence_s) and _is_int(presses.restart_below)


def _is_uuid(service: object) -> bool:
    try:
        return type(service) is str and bool(parse_uuid(service))
    except ValueError:
        return False


def _all_ints(numbers: object) -> bool:
    return type(numbers) is tuple and all(map(_is_int, numbers))


# --- one value --------------------------------------------------------------------------------------------------------


def _fits(kind: object, value: object) -> bool:
    fits = FITS.get(kind) if type(kind) is str else None
    return fits is not None and fits(value)


def _is_pressure(value: object) -> bool:
    return type(value) is BloodPressure and all(map(_is_number_or_unset, astuple(value)))


def _is_place(value: object) -> bool:
    return type(value) is Position and all(map(_is_number_or_unset, astuple(value)))


def _is_flag(value: object) -> bool:
    return value is True or value is False


def _is_button(value: object) -> bool:
    return type(value) is str and value in BUTTONS


def _is_number_or_unset(value: object) -> bool:
    return isinstance(value, UnsetType) or _is_number(value)


def _is_number(value: object) -> bool:
    """Whether it is finite; a whole number, too, may be greater than the disk takes."""
    return LEAST <= value <= LARGEST if type(value) is int else type(value) is float and math.isfinite(value)


def _is_int(value: object) -> bool:
    return type(value) is int and LEAST <= value <= LARGEST


def _is_word(value: object) -> bool:
    return type(value) is str and len(value) <= LONGEST_WORD and value.isprintable()


def _is_address(value: object) -> bool:
    return type(value) is str and (not value or ADDRESS.fullmatch(value) is not None)


def _is_refusal(value: object) -> bool:
    return type(value) is Refusal and value.reason in REASONS and type(value.detail) is str


def _is_order(value: object) -> bool:
    return isinstance(value, Order)


def _is_outcome(value: object) -> bool:
    return type(value) is Outcome and value.result in OUTCOMES and type(value.why) is str


# Whether a value is one of its kind.
FITS: dict[str, Callable[[object], bool]] = {
    **dict.fromkeys(UNITS, _is_number),
    "blood_pressure": _is_pressure,
    "position": _is_place,
    "worn": _is_flag,
    "charging": _is_flag,
    "battery_low": _is_flag,
    "fall": lambda value: value is True,
    "button": _is_button,
}
