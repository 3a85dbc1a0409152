"""A life of both stores that promises something, and the look at what is left of it after a fault."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from gateway.alert import Alert, AlertEvent
from gateway.store import space
from gateway.store.alerts import Transaction
from gateway.store.opening import Stores, open_stores
from tests.gateway.store.given import GATEWAY, NOW_MS, StillClock, alert, answer, delivery, event, numbered, reading
from tests.gateway.store.inline import connect_inline

OPEN_S = 10.0  # the bound of a start
space.ALERTS_OWN = 1_000_000  # the reserve: thousands of folders are made


class Written(Struct):
    """What stood on the disk: alerts by number, events by seq. `waiting`: events that are not delivered."""

    alerts: dict[int, Alert] = field(default_factory=dict)
    events: dict[int, AlertEvent] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    readings: set[str] = field(default_factory=set)
    epoch: int = 0


Say = Callable[[str, object], None]  # a word, and what was promised with it


async def opened(folder: Path) -> Stores:
    """In this thread: thousands of lives need no thread each."""
    clock = StillClock(NOW_MS + time.monotonic_ns() // 1000)  # a second for each millisecond: no two lives begin in the same
    return await open_stores(folder, GATEWAY, clock, connect=connect_inline)


async def live(stores: Stores, chance: random.Random, steps: int, say: Say) -> None:
    """Alerts, deliveries, readings, as a gateway makes them; `say` hears what is on the disk, and before that what is tried."""
    for _ in range(steps):
        await chance.choice((call_for_help, call_for_help, deliver, measure, forget))(stores, chance, say)


async def call_for_help(stores: Stores, chance: random.Random, say: Say) -> None:
    """An alert of a reading that is not stored yet, with one event."""
    call = numbered(stores, reading(value=chance.randrange(1 << 40)))
    number, seq = stores.alerts.next_alert(), stores.alerts.next_seq()
    raised = replace(
        alert(number, call), epoch=stores.epoch, seq=seq, room=f"{chance.randrange(10)}-{chance.randrange(1000):03}"
    )
    told = replace(event(seq, number), alert=raised, text="SOS " * chance.choice((1, 4, 300)))
    say("tried", told)
    stores.readings.reference([call])
    await stores.alerts.save(
        Transaction(
            alerts=[raised],
            events=[told],
            deliveries=[delivery(seq)],
            referenced=[call],
            memories={f"C0:{number % 7}": b"%d" % number},
            replies=[answer(f"c-{number}")],
        )
    )
    if not stores.alerts.fault:
        say("saved", told)
    stores.readings.add(call)


async def deliver(stores: Stores, chance: random.Random, say: Say) -> None:
    """The platform has one of them."""
    waiting = await stores.alerts.undelivered()
    if waiting:
        told, how = chance.choice(waiting)
        say("delivering", told)
        await stores.alerts.save(Transaction(deliveries=[replace(how, state="done", tries=1, late_s=0)]))


async def measure(stores: Stores, chance: random.Random, say: Say) -> None:
    """Some readings, on the disk; a batch is delivered."""
    taken = [numbered(stores, reading(number)) for number in range(chance.randrange(1, 40))]
    for one in taken:
        stores.readings.add(one)
    if stores.readings.last_batch:
        stores.readings.delivered(chance.randrange(stores.readings.last_batch) + 1)
    try:
        await stores.readings.commit()
    except Exception as error:  # a disk that fails once
        say("refused", str(error))


async def forget(stores: Stores, chance: random.Random, say: Say) -> None:
    """What is done beside: the journal is worked in, and emptied."""
    if chance.random() < 0.5:
        await stores.alerts._checkpoint()
    else:
        await stores.alerts.clean()
        await stores.readings.checkpoint()


class Left(Struct):
    """What was found after a fault. `breaches`: promises that were broken, in words."""

    breaches: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    alerts: dict[int, Alert] = field(default_factory=dict)
    waiting: dict[int, AlertEvent] = field(default_factory=dict)
    lost: int = 0
    epoch: int = 0


async def look(folder: Path, before: Written) -> Left:
    """Start, and see what must hold whatever happened: it starts in time, hears, holds what it hears, and invents nothing."""
    left, began_s = Left(), time.monotonic()
    stores = await opened(folder)
    try:
        left.epoch, left.said = stores.epoch, stores.incidents
        left.alerts = {one.number: one for one in await stores.alerts.open_alerts()}
        left.waiting = {one.seq: one for one, _ in await stores.alerts.undelivered()}
        await stores.alerts.memories()
        heard = await _hear(stores, before, left)
    finally:
        await stores.close()
    if time.monotonic() - began_s > OPEN_S:
        left.breaches.append("slow to start")
    stores = await opened(folder)
    held = {one.number for one in await stores.alerts.open_alerts()}
    await stores.close()
    if heard not in held:
        left.breaches.append("a new SOS is not held")
    for number, one in left.alerts.items():
        if number in before.alerts and _who(one) != _who(before.alerts[number]):
            left.breaches.append(f"alert {number} is another's")
    left.breaches += [
        f"event {seq} was never written"
        for seq, one in left.waiting.items()
        if seq in before.events and one != before.events[seq]
    ]
    return left


async def _hear(stores: Stores, before: Written, left: Left) -> int:
    number, seq = stores.alerts.next_alert(), stores.alerts.next_seq()
    if stores.epoch == before.epoch and (number in before.alerts or seq in before.events):
        left.breaches.append("an id comes twice")
    raised = replace(alert(number), epoch=stores.epoch, seq=seq)
    told = replace(event(seq, number), alert=raised)
    await stores.alerts.save(Transaction(alerts=[raised], events=[told], deliveries=[delivery(seq)]))
    stores.readings.add(numbered(stores, reading(1)))
    await stores.readings.commit()
    if stores.alerts.fault or stores.readings.fault:
        left.breaches.append(f"deaf: {stores.alerts.fault or stores.readings.fault}")
    faults = await stores.readings.audit()  # a batch has its own sum: it is dropped and told when it is met
    left.breaches += [f"audit: {fault}" for fault in faults if not fault.startswith("batch ")]
    return number


def _who(one: Alert) -> tuple[object, ...]:
    return one.epoch, one.wearer, one.room, one.kind, one.raised_ms


def found(folder: Path, before: Written) -> Left:
    """The same from outside of a loop; what is raised is a start that was refused."""
    try:
        return asyncio.run(asyncio.wait_for(look(folder, before), 3 * OPEN_S))
    except Exception as error:  # any refuses the start
        return Left(breaches=[f"start refused: {type(error).__name__}: {error}"[:200]])


def encoded(one: Alert | AlertEvent) -> bytes:
    """As it stands on the disk."""
    return msgspec.json.encode(one)
