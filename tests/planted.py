"""What stands for a person in the tests, odd enough that nothing else looks like it, and the search for it in a log line. Pure.

Ordinary numbers (a time-out, a counter, a pulse of 70) are not in here: a line that holds one says nothing. Who plants a value
to see whether it leaks takes one of these.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

# Vital signs that no rule, no time-out and no count has.
TEMPERATURE = 41.27
PRESSURE = (187, 93)
RATE = 187.3
VITALS = (str(TEMPERATURE), str(RATE), "187/93", "(187, 93)", "[187, 93]")
POSITION = (30.5371926, 120.6839147)
ROOMS = ("1-00[0-9]", "3-10[1-9]", "3-20[1-9]", "3-808", "5-10[1-9]")  # of the suite's rosters, as patterns
NAMES = ("王奶奶", "王秀兰", "Wang Xiulan")
PASSWORDS = ("hunter2Zq",)
KEYS = (
    bytes(range(16)),
    bytes(range(32)),
    bytes(range(1, 33)),
    bytes.fromhex("00112233445566778899aabbccddeeff"),
    bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932"),
)
# Values of the gateway's own that hold them: none belongs in a line, whatever is in it.
OBJECTS = (
    "Measurement",
    "Decoded",
    "Advertisement",
    "Reading",
    "BloodPressure",
    "Position",
    "LastPosition",
    "Enrolment",
    "Finding",
    "Alert",
    "AlertEvent",
    "RecordValues",
)


def found(text: str) -> list[str]:
    """The planted values in this text, each once, in their order."""
    return list(dict.fromkeys(one.group() for one in _ANY.finditer(text)))


def _patterns() -> Iterator[str]:
    """A number is one only where it is not part of a longer one; of a place a few decimals are enough, of both its numbers."""
    for vital in VITALS:
        yield rf"(?<![\d.]){re.escape(vital)}(?!\d)"
    yield r"(?<![\d.])(?:30\.537|120\.683)\d+"
    yield r"(?<![\d.])30\.53\d*(?=.{0,40}(?<![\d.])120\.68)"  # alone each is a number of seconds as well
    yield rf"(?<![\w.:-])(?:{'|'.join(ROOMS)})(?![\w-])"
    yield r"(?<!\d)(?:86)?13[89]00\d{6}(?!\d)"  # the phones of the suite, as people write them
    yield from map(re.escape, (*NAMES, *PASSWORDS))
    for key in KEYS:
        yield from map(re.escape, _spellings(key))
    yield rf"\b(?:{'|'.join(OBJECTS)})\("


def _spellings(key: bytes) -> set[str]:
    plain, colons = key.hex(), key.hex(":")
    return {plain, plain.upper(), colons, colons.upper(), base64.b64encode(key).decode(), repr(key)[2:-1]}


_ANY = re.compile("|".join(_patterns()))
