"""What an error of the modem means for what we do next, by its number or its words. Pure.

Numbers: 3GPP TS 24.011 annex E-2, 23.040 section 9.2.3.22, 27.005 section 3.2.5, 27.007 section 9.2; those from 512 on are the
makers' own.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

ErrorClass = Literal["permanent", "retry_once", "temporary", "storage", "busy", "fault", "ignore"]


class ModemError(NamedTuple):
    """`code`: "CMS 42", "ERROR"; `strange`: nobody says what it means, and a modem that says it often is reset."""

    kind: ErrorClass
    code: str
    strange: bool = False


def _numbers(*groups: int | range) -> frozenset[int]:
    return frozenset(number for group in groups for number in (group if isinstance(group, range) else (group,)))


CMS: dict[ErrorClass, frozenset[int]] = {
    "permanent": _numbers(
        *(1, 8, 10, 28, 29, 30, 50, 69, 81, range(95, 100), 111),  # this number: unknown, barred, not subscribed
        *(range(128, 177), range(195, 200)),  # our PDU: coding, class, address, validity not accepted
        *(193, 303, 304, 305),
    ),
    "retry_once": _numbers(21),  # rejected: no credit, a rule against spam, a wrong number
    "temporary": _numbers(17, 22, 27, 38, 41, 42, 47, 127, 192, 194, 300, 302, 331, 332),
    "storage": _numbers(range(208, 212), range(320, 323)),
    "busy": _numbers(314, 515),
    "fault": _numbers(range(310, 314), range(315, 319), 330),
    "ignore": _numbers(340),
}
CME: dict[ErrorClass, frozenset[int]] = {
    "busy": _numbers(14, 515),
    "temporary": _numbers(30, 31),
    "fault": _numbers(5, 10, 11, 12, 13, 15, 16, 17, 18),  # SIM missing, its PIN or PUK, failed, wrong
    "storage": _numbers(20),
}
WORDS: tuple[tuple[str, ErrorClass], ...] = (
    ("busy", "busy"),
    ("timeout", "temporary"),
    ("no network", "temporary"),
    ("sim", "fault"),
    ("pin", "fault"),
    ("puk", "fault"),
    ("memory full", "storage"),
)
NOT_THERE = "COMMAND NOT SUPPORT"  # Huawei's word for a command that it does not have
WRONG_MODE = frozenset({"CMS 304", "CMS 305"})  # the PDU was not taken: maybe the mode was lost
ERROR = re.compile(r"\+(CM[SE]) ERROR:\s*(.*)")


def error_of(line: str) -> ModemError | None:
    """What this final line means; None: it is no error."""
    if line == "ERROR":
        return ModemError("temporary", "ERROR", strange=True)
    if line.startswith(NOT_THERE):
        return ModemError("permanent", NOT_THERE)
    found = ERROR.match(line)
    if found is None:
        return None
    family, reason = found[1], found[2].strip()
    if reason.isdecimal() and len(reason) <= 5:
        return _by_number(family, int(reason))
    return _by_words(family, reason.lower())


def _by_number(family: str, number: int) -> ModemError:
    table = CMS if family == "CMS" else CME
    for kind, numbers in table.items():
        if number in numbers:
            return ModemError(kind, f"{family} {number}")
    return ModemError("temporary", f"{family} {number}", strange=True)


def _by_words(family: str, words: str) -> ModemError:
    """The words that stand instead of a number (AT+CMEE=2). They are the modem's own, and not repeated."""
    for part, kind in WORDS:
        if part in words:
            return ModemError(kind, f"{family} in words: {part}")
    return ModemError("temporary", f"{family} in words", strange=True)
