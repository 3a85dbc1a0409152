"""What stood on the disk, or went out to the platform, before a fault; and the look at what is left of it."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from gateway.alert import Alert, AlertEvent
from gateway.formats.reading_json import encode_reading, named_readings
from gateway.readings import Reading
from gateway.store import batches
from gateway.store.keeping import Transaction
from gateway.store.leftover import Leftover
from gateway.store.opening import open_stores
from gateway.store.sealed import NotWhole
from gateway.store.stores import Stores
from tests.gateway.store.given import GATEWAY, NOW_MS, StillClock, alert, delivery, event, numbered, reading
from tests.gateway.store.inline import connect_inline
from tests.own_time import own_s

OPEN_S = 10.0  # the bound of a start, of its own time

Id = tuple[int, int]  # of an alert or an event: epoch and number


def id_of(one: Alert | AlertEvent) -> Id:
    """Under which the platform knows it."""
    return (one.epoch, one.number) if isinstance(one, Alert) else (one.alert.epoch, one.seq)


def ids_of(readings: Iterable[Reading]) -> dict[str, bytes]:
    """Ids of readings, and what is sent under them."""
    bodies = [encode_reading(one, f"{GATEWAY}/{one.epoch}") for one in readings]
    return dict(named_readings(b",".join(bodies)))


def number_of(reading: str) -> str:
    """It stays, though a reading that the disk refuses gets another epoch."""
    return reading.rpartition("/")[2]


def under_any_epoch(reading: str, content: bytes) -> tuple[str, bytes]:
    """Its number, and its content without its id."""
    return number_of(reading), content.replace(reading.encode(), b"")


class Written(Struct):
    """`waiting`: events that are not delivered. `readings`: those that are on the disk, and their content. `noted`: those that
    survive the process. `heard`: all. `left`: those that have left.

    `received`: how many the account had. `may_forget`: old readings are forgotten, and counted.
    """

    alerts: dict[Id, Alert] = field(default_factory=dict)
    events: dict[Id, AlertEvent] = field(default_factory=dict)
    waiting: set[Id] = field(default_factory=set)
    readings: dict[str, bytes] = field(default_factory=dict)
    noted: dict[str, bytes] = field(default_factory=dict)
    heard: dict[str, bytes] = field(default_factory=dict)
    left: dict[str, bytes] = field(default_factory=dict)
    received: int = 0
    epoch: int = 0
    may_forget: bool = False

    def hear(self, word: str, what: object) -> None:
        """What a life says of itself."""
        match word, what:
            case "epoch", int(epoch):
                self.epoch = self.epoch or epoch
            case "tried", AlertEvent() as told:
                self.events[id_of(told)] = told
            case "saved", AlertEvent() as told:
                self.alerts[id_of(told.alert)] = told.alert
                self.waiting.add(id_of(told))
            case (("readings" | "noted" | "heard" | "left"), dict() as readings):
                getattr(self, word).update(readings)
            case "kept", _:
                self.readings |= self.heard
            case "delivered", dict() as readings:  # of what was held, nothing need come to the disk any more
                self._delivered(readings)
            case "received", int(received):
                self.received = received

    def _delivered(self, readings: dict[str, bytes]) -> None:
        self.left |= readings
        numbers = set(map(number_of, readings))
        for known in (self.readings, self.noted, self.heard):
            for one in [one for one in known if number_of(one) in numbers]:
                del known[one]


class Left(Struct):
    """What was found after a fault. `breaches`: promises that were broken, in words; each begins with its name."""

    breaches: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    alerts: dict[Id, Alert] = field(default_factory=dict)
    waiting: dict[Id, AlertEvent] = field(default_factory=dict)
    readings: dict[str, bytes] = field(default_factory=dict)
    received: int = 0
    gone: int = 0  # readings that are delivered or evicted
    epoch: int = 0


async def opened(folder: Path, leftover: Leftover | None = None) -> Stores:
    """In this thread: thousands of lives need no thread each."""
    clock = StillClock(NOW_MS + time.monotonic_ns() // 1000)  # a second for each millisecond: no two lives begin in the same
    return await open_stores(folder, GATEWAY, clock, connect=connect_inline, leftover=leftover)


def found(folder: Path, before: Written) -> Left:
    """Start, and look; what is raised is a start that was refused."""
    try:
        return asyncio.run(asyncio.wait_for(_look(folder, before), 3 * OPEN_S))
    except Exception as error:  # any refuses the start
        return Left(breaches=[f"start refused: {type(error).__name__}: {error}"[:200]])


async def _look(folder: Path, before: Written) -> Left:
    """It must hold whatever happened: it starts in time, hears, holds what it hears, adds up, and invents nothing."""
    left, began_s = Left(), own_s()
    stores = await opened(folder)
    try:
        left.epoch, left.said = stores.epoch, stores.incidents
        left.alerts = {id_of(one): one for one in await stores.alerts.open_alerts()}
        left.waiting = {id_of(one): one for one, _ in await stores.alerts.undelivered()}
        await stores.alerts.memories()
        counts = stores.readings.counts()
        left.received, left.gone = counts.received, counts.delivered + counts.evicted
        left.readings = await stores.readings.look(readings_on_disk)
        heard = await _hear(stores, before, left)
    finally:
        await stores.close()
    if own_s() - began_s > OPEN_S:
        left.breaches.append("slow: to start")
    stores = await opened(folder)
    held = {id_of(one) for one in await stores.alerts.open_alerts()}
    await stores.close()
    if heard not in held:
        left.breaches.append("deaf: a new SOS is not held")
    left.breaches += _two_contents(left, before)
    return left


def readings_on_disk(connection: sqlite3.Connection) -> dict[str, bytes]:
    """Ids and contents of all that can be read."""
    there = dict[str, bytes]()
    for (body,) in connection.execute("SELECT body FROM batch"):
        try:
            there |= dict(named_readings(batches.unpack_body(body)))
        except NotWhole:
            continue
    return there


async def _hear(stores: Stores, before: Written, left: Left) -> Id:
    number, seq = stores.alerts.next_alert(), stores.alerts.next_seq()
    raised = replace(alert(number), epoch=stores.epoch, seq=seq)
    told = replace(event(seq, number), alert=raised)
    if id_of(raised) in before.alerts or id_of(told) in before.events:
        left.breaches.append("two contents: an id comes twice")
    await stores.alerts.save(Transaction(alerts=[raised], events=[told], deliveries=[delivery(seq)]))
    new = numbered(stores, reading(1))
    if ids_of([new]).keys() & (before.readings.keys() | before.left.keys()):
        left.breaches.append("two contents: a reading's id comes twice")
    stores.readings.add(new)
    await stores.readings.commit()
    if stores.alerts.fault or stores.readings.fault:
        left.breaches.append(f"deaf: {stores.alerts.fault or stores.readings.fault}")
    faults = await stores.readings.audit()  # a batch has its own sum: it is dropped and told when it is met
    left.breaches += [f"account: {fault}" for fault in faults if not fault.startswith("batch ")]
    return id_of(raised)


def _two_contents(left: Left, before: Written) -> Iterator[str]:
    for one, there in left.alerts.items():
        if one in before.alerts and _who(there) != _who(before.alerts[one]):
            yield f"two contents: alert {one} is another's"
    for one, told in left.waiting.items():
        if one in before.events and told != before.events[one]:
            yield f"two contents: event {one} was never written"
    known = before.left | before.readings
    changed = [one for one, content in left.readings.items() if known.get(one, content) != content]
    if changed:
        yield f"two contents: readings {changed[:5]}"


def _who(one: Alert) -> tuple[object, ...]:
    return one.wearer, one.room, one.kind, one.raised_ms


def compare(
    left: Left,
    before: Written,
    delivering: set[Id],
    *,
    by_kill: bool = False,
    is_damaged: bool = False,
    had_no_disk: bool = False,
) -> None:
    """What must hold where nobody touched the files: all that was promised is there, and nothing is called damaged.

    `by_kill`: the process died, and nothing else. `is_damaged`: they were damaged before, in a way that costs nothing.
    `had_no_disk`: a life was in memory for a while.
    """
    lost = [one for one in before.alerts if one not in left.alerts]
    lost += [one for one in before.waiting - delivering if one not in left.waiting]
    if lost:
        left.breaches.append(f"lost: {lost[:5]}")
    if is_damaged:
        return
    promised = before.readings | before.noted if by_kill else before.readings
    there = {under_any_epoch(*one) for one in left.readings.items()}
    missing = [one for one, content in promised.items() if under_any_epoch(one, content) not in there]
    if len(missing) > (left.gone if before.may_forget else 0):
        left.breaches.append(f"account: readings are missing: {missing[:5]}")
    if left.received < before.received:
        left.breaches.append(f"account: received {before.received}, and now {left.received}")
    if left.said and not had_no_disk:
        left.breaches.append(f"false damage: {left.said}")
    if before.epoch and left.epoch != before.epoch and not had_no_disk:
        left.breaches.append("false damage: the epoch rose without a cause")


def go_on_from(left: Left, before: Written) -> None:
    """The next life begins with what is left."""
    before.epoch, before.received = left.epoch, left.received
    before.alerts |= left.alerts
    before.events |= left.waiting
    before.waiting = set(left.waiting)
    before.readings |= left.readings
    before.noted, before.heard = {}, {}


def encoded(one: Alert | AlertEvent) -> bytes:
    """As it stands on the disk."""
    return msgspec.json.encode(one)
