"""What is said to a Contec CMS50 (see contec_cms50.py): live data kept alive, its clock, its store.

    7D HH cc p...       9 bytes in all, formed as the packets from the device, unused ones 80

    A1  live                            A2  stop live                  AF  still here: without it live data stops after 30 s
    A3  segments (user)                 A4  length, A5 start, A6 stored data, A7 stop stored data (user, segment)
    AE  delete (user, segment, FF all)  B1  time (h, m, s)             B2  date (century, y, m, d, weekday, 0 Sunday)

Answers come within 1 s. Real-time and stored data never at once: A2 or A7 first. Date before time. The store is fetched when
it is asked for, user 0, the first segment first; it is deleted only when that is allowed, all of it came, and is on our disk.
Segments are taken to be numbered from 0, as in the maker's example.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from msgspec.structs import replace

from drivers.device_clock import device_time
from drivers.driver import Context, Conversation, Fetch, Item, Send, Status, StreamDecoder
from drivers.measurement import Measurement
from drivers.serial_line.line_talk import LineTalk
from drivers.steps import local_time, now
from drivers.talk import Doing, NotDone

ANSWER_S = 2
STILL_HERE_S = 5
USER = 0
ALL = 0xFF
BYTES_A_SECOND = 2  # of a store without perfusion index
LONGEST_S = 7 * 86_400  # more than any of these devices can store

START_LIVE, STOP_LIVE, SEGMENTS, LENGTH, START, STORED, STOP_STORED = range(0xA1, 0xA8)
DELETE, STILL_HERE, SET_TIME, SET_DATE = 0xAE, 0xAF, 0xB1, 0xB2


class CountingDecoder(StreamDecoder, Protocol):
    """Decodes what the device says; counts the seconds of stored data that came."""

    stored_s: int


def command(code: int, *parameters: int) -> bytes:
    """The nine bytes of a command."""
    body = bytes((code, *parameters)).ljust(7, b"\0")
    high = sum((byte >> 7) << bit for bit, byte in enumerate(body))
    return bytes((0x7D, 0x80 | high, *(byte | 0x80 for byte in body)))


def set_date(local: datetime) -> bytes:
    """The weekday counts from Sunday, 0."""
    century, year = divmod(local.year, 100)
    return command(SET_DATE, century, year, local.month, local.day, local.isoweekday() % 7)


def set_time(local: datetime) -> bytes:
    """To the second."""
    return command(SET_TIME, local.hour, local.minute, local.second)


def converse(packets: Callable[[], CountingDecoder], _context: Context) -> Conversation:
    """Sets the clock, keeps live data coming, and fetches the store when it is asked to."""
    talk = LineTalk(packets())
    talk.acts = {Fetch: partial(_fetch, packets, talk)}
    if local := (yield from local_time()):
        yield from talk.answer(set_date(local), _is_feedback, ANSWER_S)
        yield from talk.answer(set_time(local), _is_feedback, ANSWER_S)
    said_s, heard = -float(STILL_HERE_S), talk.bytes_heard
    while True:
        now_s = yield from now()
        if now_s - said_s >= STILL_HERE_S:
            yield Send(command(STILL_HERE if talk.bytes_heard > heard else START_LIVE))
            said_s, heard = now_s, talk.bytes_heard
        yield from talk.listen()
        yield from talk.obey()


def _is_feedback(item: Item) -> bool:
    return isinstance(item, Status) and "command" in item.fields


# --- the store ----------------------------------------------------------------------------------------------------------


def _fetch(packets: Callable[[], CountingDecoder], talk: LineTalk, order: Fetch) -> Doing:
    yield from talk.fields(command(STOP_LIVE), ("free",), ANSWER_S)
    told = yield from talk.fields(command(SEGMENTS, USER), ("segments",), ANSWER_S)
    segments = _number(told["segments"])
    for segment in range(segments):
        yield from _fetch_segment(packets(), talk, segment, order)
    if order.delete and segments:
        yield from talk.store()
        told = yield from talk.fields(command(DELETE, USER, ALL), ("command", "reason"), ANSWER_S)
        if told["reason"] != 0:
            raise NotDone(f"the store is not deleted: reason {told['reason']}")
    return "done"


def _fetch_segment(fresh: CountingDecoder, talk: LineTalk, segment: int, order: Fetch) -> Conversation:
    start = _start((yield from talk.fields(command(START, USER, segment), ("start_date", "start_time"), ANSWER_S)))
    told = yield from talk.fields(command(LENGTH, USER, segment), ("length",), ANSWER_S)
    seconds = _number(told["length"]) // BYTES_A_SECOND
    if seconds > LONGEST_S:
        raise NotDone(f"a segment of {seconds} s")
    talk.decoder = fresh
    yield Send(command(STORED, USER, segment))
    complete = yield from talk.take_in(
        lambda: fresh.stored_s, lambda: fresh.stored_s >= seconds, partial(_stamped, start, order.since)
    )
    yield from talk.fields(command(STOP_STORED, USER, segment), ("free",), ANSWER_S)
    if not complete:
        raise NotDone(f"{fresh.stored_s} of {seconds} s came")


def _stamped(start: datetime | None, since: datetime | None, items: list[Item]) -> list[Item]:
    """Stored seconds, with the time at which each was measured; without those before `since`."""
    told = list[Item]()
    for item in items:
        if start is None or not isinstance(item, Measurement) or item.second is None:
            told.append(item)
            continue
        at = start + timedelta(seconds=item.second)
        if since is None or at >= since:
            told.append(replace(item, device_time=at.isoformat()))
    return told


def _start(told: Mapping[str, object]) -> datetime | None:
    date, time = told["start_date"], told["start_time"]
    at = device_time(*date, *time) if isinstance(date, list) and isinstance(time, list) else None
    return datetime.fromisoformat(at) if at else None


def _number(told: object) -> int:
    return told if isinstance(told, int) else 0
