"""What the data formats of Nonin oximeters have in common: how a rate is told, and what is said to the device.

    02 70 02 02 ff 03                  set the data format: 02, 07, 08 or 0D; kept in the device. Answered 06; 15: no.
                                       Heard in the first five seconds after connecting
    02 72 06 YY MM DD hh mm ss 03      set the time, binary; not answered
    02 72 00 03                        get the time, answered 02 F2 06 YY MM DD hh mm ss 03: not asked

A rate has nine bits, bits 7 and 8 in a byte of their own: 511 is none. An SpO2 has seven bits: 127 is none. The 3150 wants
options and a checksum in its format command (`02 70 04 02 ff oo cc 03`, from a public driver): not built.

Source: Nonin 6470-000-01 (9560 OEM specification).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from drivers.driver import Context, Conversation, ReportItems, Send, Status, Store, StreamDecoder
from drivers.measurement import Measurement
from drivers.serial_line.line_talk import LineTalk
from drivers.steps import local_time

ANSWER_S = 1
SPOT_CHECKS = 13  # the format with a memory and a clock
OUT_OF_TRACK = ("questionable:out_of_track",)
WEAK_SIGNAL = ("questionable:weak_signal",)

_NO_RATE, _NO_PERCENT = 511, 127
_ACCEPTED, _REFUSED = b"\x06", b"\x15"


def rate(high: int, low: int) -> int | None:
    """A pulse, /min."""
    told = (high & 0x03) << 7 | low & 0x7F
    return None if told == _NO_RATE else told


def percent(told: int) -> int | None:
    """An oxygen saturation."""
    return None if told & 0x7F == _NO_PERCENT else told & 0x7F


def set_format(data_format: int) -> bytes:
    """2, 7, 8 or 13."""
    return bytes((0x02, 0x70, 0x02, 0x02, data_format, 0x03))


def set_time(local: datetime) -> bytes:
    """To the second."""
    clock = (local.year % 100, local.month, local.day, local.hour, local.minute, local.second)
    return bytes((0x02, 0x72, 0x06, *clock, 0x03))


def converse(data_format: int, decoder: Callable[[], StreamDecoder], _context: Context) -> Conversation:
    """Sets the format and the time, then hears what comes; what it told it forgets, so that goes to the disk at once.

    A device that does not understand says nothing, and goes on as it did.
    """
    talk = LineTalk(decoder())
    yield Send(set_format(data_format))
    heard = yield from talk.read_bytes(1, ANSWER_S)
    if heard.startswith(_REFUSED):
        yield ReportItems([Status({"format_refused": data_format})])
    if data_format == SPOT_CHECKS and (local := (yield from local_time())):
        yield Send(set_time(local))
    items = yield from talk.report(heard[1:] if heard.startswith((_ACCEPTED, _REFUSED)) else heard)
    while True:
        if data_format == SPOT_CHECKS and any(isinstance(item, Measurement) for item in items):
            yield Store()
        items = yield from talk.listen()
        yield from talk.obey()
