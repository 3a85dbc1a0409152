"""Beurer BM58 (the version with a serial cable), BM65: upper-arm cuffs that hand over what they have stored.

4800 8N1 (PL2303 in the cable). Question and answer; the cuff must be on, then MEM pressed. Newer BM58 are USB HID: not these.
No checksum.

    AA       answered 55                              A2       answered the number of records, n
    A4       answered a name, up to 32 characters     A3 i     answered record i (1 to n), or A9 when there is none

    AC SS DD PP MM DD hh mm YY        systolic - 25, diastolic - 25 mmHg, pulse /min, month, day, hour, minute, year - 2000

All are stored records: history. A date that cannot be (the clock was never set): no device time. A record counts once, by its
bytes, which are its number; each is asked for twice, and taken when both are the same.

`decode` reads records, and A9; the other answers have no head of their own and are `not_mine`. Refused also: `length` a record
that is cut; `implausible` diastolic not below systolic.

Unknown: the order of the records, and the second memory (user 2). Sources: bm58.py (N. Richter) and a reader of a BM65, which
agree byte for byte. Confidence: medium.

Sensor: cuff, arm, not worn.
"""

from __future__ import annotations

import math
import re
from functools import partial

from drivers.device_clock import device_time
from drivers.driver import (
    Context,
    Conversation,
    Fetch,
    Item,
    Refusal,
    ReportItems,
    Send,
    SensorTraits,
    SerialDriver,
    Status,
    Store,
    StreamDecoder,
)
from drivers.measurement import Measurement
from drivers.serial_line.cuff import pressure
from drivers.serial_line.frame_search import Found, FrameSearch, Stray, WholeFrame
from drivers.serial_line.line_talk import LineTalk
from drivers.steps import Step, now
from drivers.talk import Doing, NoAnswer, NotDone

_RECORD, _NO_RECORD = 0xAC, 0xA9
_SIZE = 9
_LOWEST_MMHG = 25
_HEADS = re.compile(rb"[\xac\xa9]")

# --- records ------------------------------------------------------------------------------------------------------------


def _look(data: bytes, at: int) -> Found | None:
    if data[at] == _NO_RECORD:
        return WholeFrame(1, [Status({"record": "none"})])
    if data[at] != _RECORD:
        head = _HEADS.search(data, at)
        return Stray((head.start() if head else len(data)) - at)
    if len(data) - at < _SIZE:
        return None
    return WholeFrame(_SIZE, [_read(data[at : at + _SIZE])])


def _read(record: bytes) -> Measurement:
    systolic, diastolic, pulse, month, day, hour, minute, year = record[1:]
    return Measurement(
        kind="blood_pressure",
        value=pressure(systolic + _LOWEST_MMHG, diastolic + _LOWEST_MMHG, pulse),
        device_time=device_time(2000 + year, month, day, hour, minute),
        history=True,
        record=int.from_bytes(record[1:]),
    )


# --- the conversation -----------------------------------------------------------------------------------------------------

HELLO, IDENTIFY, HOW_MANY = b"\xaa", b"\xa4", b"\xa2"
_HERE = b"\x55"
_LONGEST_NAME = 32
_ANSWER_S = 1
_EVERY_S = 10  # so often it is looked whether the cuff is on
_TRIES = 3
_LASTS_S = 60  # sixty records, each twice, take ten seconds


def ask_for(record: int) -> bytes:
    """The question for a record, from 1."""
    return bytes((0xA3, record))


def converse(_context: Context) -> Conversation:
    """Looks now and then whether the cuff is on; if so, fetches its records, and anew when there are others."""
    talk = LineTalk(_decoder())
    talk.acts = {Fetch: partial(_fetch, talk)}
    known: int | None = None  # how many records there were; None: the cuff was off
    while True:
        try:
            known = yield from _fetch_others(talk, known)
        except NotDone:
            known = None
        ends_s = (yield from now()) + _EVERY_S
        while (left_s := ends_s - (yield from now())) > 0:
            yield from talk.rest(left_s)
            yield from talk.obey()


def _fetch(talk: LineTalk, _order: Fetch) -> Doing:
    yield from _fetch_others(talk, None)
    return "done"


def _fetch_others(talk: LineTalk, known: int | None) -> Step[int]:
    """Fetches all records, if they are not as many as before; how many there are. Raises NotDone."""
    if (yield from _answer(talk, HELLO, 1)) != _HERE:
        raise NoAnswer("the cuff does not answer: switch it on, then press MEM")
    yield from _answer(talk, IDENTIFY, _LONGEST_NAME)
    told = yield from _answer(talk, HOW_MANY, 1)
    if not told:
        raise NoAnswer("the cuff does not say how many records there are")
    if told[0] != known:
        ends_s = (yield from now()) + _LASTS_S
        for number in range(1, told[0] + 1):
            if (yield from now()) > ends_s:
                raise NotDone(f"only {number - 1} of {told[0]} records in {_LASTS_S} s")
            yield from _fetch_record(talk, number)
        yield Store()  # so that no record counts twice, after a restart of the gateway too
    return told[0]


def _fetch_record(talk: LineTalk, number: int) -> Conversation:
    before = b""
    for _ in range(_TRIES):
        record = yield from _answer(talk, ask_for(number), 1)
        if not record:
            raise NoAnswer(f"the cuff does not answer for record {number}")
        if record[0] == _NO_RECORD:
            return
        record += yield from talk.read_bytes(_SIZE - len(record), _ANSWER_S)
        if record == before:
            yield ReportItems(_decoded(record))
            return
        before = record
    yield ReportItems([Refusal("checksum", f"record {number}: no two answers are the same")])


def _answer(talk: LineTalk, question: bytes, size: int) -> Step[bytes]:
    yield Send(question)
    return (yield from talk.read_bytes(size, _ANSWER_S))


def _decoded(record: bytes) -> list[Item]:
    decoder = _decoder()
    return decoder.feed(record) + decoder.close()


def _decoder() -> StreamDecoder:
    return FrameSearch(_look)


DRIVER = SerialDriver(
    name="beurer-bm58",
    title="Beurer BM58 with serial cable, BM65: cuffs that hand over their records",
    title_zh="Beurer BM58（串口线）、BM65：导出存储记录的血压计",
    measures=("blood_pressure",),
    decoder=_decoder,
    converse=converse,
    baud=4800,
    repeats_s=math.inf,
    sensor=SensorTraits(cuff=True, site="arm"),
)
