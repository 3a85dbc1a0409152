"""`lifering decode`: what bytes mean to a driver, each input alone, one JSON object an input."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from difflib import get_close_matches
from typing import NamedTuple

import msgspec

import drivers
from drivers.bluetooth_uuid import parse_uuid
from drivers.driver import (
    Advertisement,
    AdvertisementDriver,
    CommandResult,
    ConnectionDriver,
    Driver,
    Item,
    Refusal,
    Refused,
    Status,
    WriteBack,
)
from drivers.measurement import Measurement
from gateway.cli import FAILED, WELL, WRONG
from gateway.cli.usage import Parser, said, wrong
from gateway.language import Language


def configure(parser: Parser) -> None:
    """The options."""
    parser.add_argument("driver", metavar="DRIVER", help=parser.words("decode driver"))
    parser.add_argument("inputs", metavar="HEX", nargs="+", help=parser.words("decode inputs"))
    parser.add_argument("--characteristic", metavar="UUID", type=_uuid, help=parser.words("decode characteristic"))
    parser.add_argument("--key", metavar="HEX", type=_key, help=parser.words("decode key"))
    parser.add_argument("--address", metavar="A", type=_address, help=parser.words("decode address"))
    parser.add_argument("--at", metavar="TIME", type=_time, help=parser.words("decode at"))
    parser.add_argument("--model", metavar="M", help=parser.words("decode model"))


def run(args: argparse.Namespace) -> int:
    """Prints what each input means. 1: something was refused; 2: an option or an input is wrong."""
    try:
        driver = drivers.driver(args.driver)
    except LookupError:
        return _unknown(args.driver, args.spoken)
    if isinstance(driver, ConnectionDriver) and args.characteristic is None:
        return _wrong(said(args.spoken, "no_characteristic", driver=driver.name))
    code = WELL
    for place, number, text in _inputs(args.inputs):
        try:
            data = bytes.fromhex(text)
        except ValueError:
            where = said(args.spoken, place, number=number)
            code = _wrong(where + said(args.spoken, "not_hex", what=repr(text)))
            continue
        meaning = _decode(driver, data, args)
        sys.stdout.write(msgspec.json.encode(_shown(text, meaning)).decode() + "\n")
        sys.stdout.flush()  # who asks line by line waits for the answer
        if meaning.refusals and code == WELL:
            code = FAILED
    return code


def _unknown(name: str, language: Language) -> int:
    near = get_close_matches(name, [driver.name for driver in drivers.all_drivers()], n=1)
    guess = said(language, "did_you_mean", near=near[0]) if near else said(language, "drivers")
    return _wrong(said(language, "no_driver", what=repr(name)) + guess)


def _inputs(given: Iterable[str]) -> Iterator[tuple[str, int, str]]:
    """Each input, with where it stands: the how manieth `input`, or `line` of standard input."""
    for number, text in enumerate(given, start=1):
        if text != "-":
            yield "input", number, text.strip()
            continue
        for line, raw in enumerate(sys.stdin.buffer, start=1):
            yield "line", line, raw.decode("ascii", "replace").strip()


# --- decoding ---------------------------------------------------------------------------------------------------------


class Meaning(NamedTuple):
    """What one input gave."""

    measurements: list[Measurement]
    refusals: list[Refusal]
    status: dict[str, object]
    advertisements: list[Advertisement]


def _decode(driver: Driver, data: bytes, args: argparse.Namespace) -> Meaning:
    try:
        if isinstance(driver, AdvertisementDriver):
            decoded = driver.decode(Advertisement(data, args.address or ""), args.key)
        elif isinstance(driver, ConnectionDriver):
            decoded = driver.decode(args.characteristic, data, args.at and args.at.replace(tzinfo=None))
        else:
            decoder = driver.decoder()
            return _sorted([*decoder.feed(data), *decoder.close()])
    except Refused as why:
        return Meaning([], [why.refusal], {}, [])
    return Meaning(decoded.measurements, decoded.refusals, decoded.status, [])


def _sorted(items: list[Item]) -> Meaning:
    """What a stream gave, by what it is; a later status adds to an earlier one."""
    meaning = Meaning([], [], {}, [])
    for item in items:
        match item:
            case Measurement():
                meaning.measurements.append(item)
            case Refusal():
                meaning.refusals.append(item)
            case Advertisement():
                meaning.advertisements.append(item)
            case Status(fields):
                meaning.status.update(fields)
            case CommandResult(command, outcome, code):
                meaning.status.update(command=command, result=code, result_means=outcome.why or outcome.result)
            case WriteBack(data):
                meaning.status["reply"] = data.decode("latin-1")
    return meaning


# --- showing ----------------------------------------------------------------------------------------------------------


def _shown(text: str, meaning: Meaning) -> dict[str, object]:
    shown: dict[str, object] = {"input": text, "measurements": [_measurement(one) for one in meaning.measurements]}
    if meaning.status:
        shown["status"] = meaning.status
    if meaning.advertisements:
        shown["advertisements"] = [_advertisement(one) for one in meaning.advertisements]
    if meaning.refusals:
        shown["refused"] = meaning.refusals[0].reason
        shown["refusals"] = [refusal.reason for refusal in meaning.refusals]
        shown["detail"] = meaning.refusals[0].detail
    return shown


def _measurement(measurement: Measurement) -> dict[str, object]:
    """Kind, value and unit first, then what else is known."""
    shown = msgspec.to_builtins(measurement)
    return {"kind": shown.pop("kind"), "value": shown.pop("value"), "unit": measurement.unit, **shown}


def _advertisement(advertisement: Advertisement) -> dict[str, object]:
    shown = {
        "address": advertisement.address,
        "address_type": advertisement.address_type or None,
        "rssi": advertisement.rssi,
        **({"data": advertisement.data.hex()} if advertisement.shown_as is None else advertisement.shown_as),
    }
    return {key: value for key, value in shown.items() if value is not None}


def _wrong(what: str) -> int:
    print(f"lifering decode: {what}", file=sys.stderr)
    return WRONG


# --- what options may be ----------------------------------------------------------------------------------------------


def _uuid(text: str) -> str:
    try:
        return parse_uuid(text)
    except ValueError:
        raise wrong("no_uuid", what=repr(text)) from None


def _key(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise wrong("key_not_hex") from None  # it may be most of the key


def _address(text: str) -> str:
    digits = re.sub(r"[:-]", "", text)
    if not re.fullmatch(r"[0-9A-Fa-f]{12}", digits):
        raise wrong("no_address", what=repr(text))
    return bytes.fromhex(digits).hex(":").upper()


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise wrong("no_time", what=repr(text)) from None
