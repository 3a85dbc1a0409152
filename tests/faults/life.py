"""A life of both stores that promises something, as a gateway makes them do it; in a process that may die of it."""

from __future__ import annotations

import asyncio
import os
import pickle
import random
import signal
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from gateway.alert import AlertEvent
from gateway.errors import StoreBroken
from gateway.formats.reading_json import named_readings
from gateway.readings import Reading
from gateway.store.keeping import Transaction
from gateway.store.stores import Stores
from tests.faults.written import Id, Written, id_of, ids_of, opened
from tests.gateway.store.given import alert, answer, delivery, event, numbered, reading

LENGTH = struct.Struct(">I")
HANGS_S = 60.0

Say = Callable[[str, object], None]  # a word, and what was promised with it (`Written.hear`)


class Ended(NamedTuple):
    """How a life came to its end. `delivering`: events that were under way. `breaches`: what it saw itself."""

    was_killed: bool
    operations: int
    delivering: set[Id]
    breaches: list[str]


# --- in a process of its own ------------------------------------------------------------------------------------------


def lived(story: Callable[[Say], Awaitable[None]], before: Written) -> Ended:
    """Until it dies, or is through, with nothing closed; what it promised goes into `before`."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(readable)
        try:
            asyncio.run(_tell(story, writable))
        finally:
            os._exit(0)
    os.close(writable)
    killer = threading.Timer(HANGS_S, os.kill, (child, signal.SIGKILL))
    killer.start()
    with os.fdopen(readable, "rb") as pipe:
        said = pipe.read()
    killer.cancel()
    killer.join()
    _, status = os.waitpid(child, 0)
    return _heard(said, before, was_killed=os.WIFSIGNALED(status))


async def _tell(story: Callable[[Say], Awaitable[None]], pipe: int) -> None:
    def say(word: str, what: object) -> None:
        data = pickle.dumps((word, what))
        os.write(pipe, LENGTH.pack(len(data)) + data)

    try:
        await story(say)
    except Exception as error:  # nothing of a disk may end a gateway
        say("breach", f"other: {type(error).__name__}: {error}"[:200])


def _heard(said: bytes, before: Written, *, was_killed: bool) -> Ended:
    delivering, breaches, operations = set[Id](), list[str](), 0
    for word, what in _words(said):
        before.hear(word, what)
        match word, what:
            case "delivering", AlertEvent() as told:
                delivering.add(id_of(told))
            case "breach", str(breach):
                breaches.append(breach)
            case "operations", int(n):
                operations = n
    return Ended(was_killed, operations, delivering, breaches)


def _words(said: bytes) -> Iterator[tuple[str, object]]:
    place = 0
    while place + LENGTH.size <= len(said):
        (size,) = LENGTH.unpack_from(said, place)
        if len(said) >= place + LENGTH.size + size:
            yield pickle.loads(said[place + LENGTH.size : place + LENGTH.size + size])
        place += LENGTH.size + size


# --- what happens in a life -------------------------------------------------------------------------------------------


async def live(stores: Stores, chance: random.Random, steps: int, say: Say) -> None:
    """Alerts, deliveries, readings; `say` hears what is on the disk, and before that what is tried."""
    for _ in range(steps):
        await chance.choice((call_for_help, call_for_help, deliver, measure, note, work_off))(stores, chance, say)


async def call_for_help(stores: Stores, chance: random.Random, say: Say) -> None:
    """An alert of a reading that is not stored yet, with one event. Whatever the disk says, it goes out."""
    call = numbered(stores, reading(value=chance.randrange(1 << 40)))
    number, seq = stores.alerts.next_alert(), stores.alerts.next_seq()
    room = f"{chance.randrange(10)}-{chance.randrange(1000):03}"
    raised = replace(alert(number, call), epoch=stores.epoch, seq=seq, room=room)
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
        say("readings", ids_of([call]))
    elif told not in [one for one, _ in await stores.alerts.undelivered()]:
        say("breach", f"deaf: event {seq} goes nowhere, {stores.alerts.fault}")
    say("left", ids_of([call]))
    say("heard", ids_of([call]))
    stores.readings.add(call)


async def deliver(stores: Stores, chance: random.Random, say: Say) -> None:
    """The platform has one of them."""
    waiting = await stores.alerts.undelivered()
    if waiting:
        told, how = chance.choice(waiting)
        say("delivering", told)
        await stores.alerts.save(Transaction(deliveries=[replace(how, state="done", tries=1, late_s=0)]))


async def measure(stores: Stores, chance: random.Random, say: Say) -> None:
    """Some readings, on the disk or held; a batch is delivered."""
    taken = [numbered(stores, reading(number, value=chance.randrange(250))) for number in range(chance.randrange(1, 40))]
    for one in taken:
        stores.readings.add(one)
    if stores.readings.last_batch:
        batch = chance.randrange(stores.readings.last_batch) + 1
        for there in await stores.readings.batches(batch - 1, batch):
            say("delivered", dict(named_readings(there.body)))
        stores.readings.delivered(batch)
    await commit(stores, taken, say)


async def note(stores: Stores, chance: random.Random, say: Say) -> None:
    """Some readings between two commits: what is written of them, unsynced, survives the process."""
    taken = [numbered(stores, reading(number, value=chance.randrange(250))) for number in range(chance.randrange(1, 10))]
    for one in taken:
        stores.readings.add(one)
    say("heard", ids_of(taken))
    await stores.readings.tail.write()
    say("noted", ids_of(taken))


async def commit(stores: Stores, taken: list[Reading], say: Say) -> None:
    """Or they are held: then they leave out of memory."""
    say("heard", ids_of(taken))
    try:
        await stores.readings.commit()
    except StoreBroken:
        for batch in await stores.readings.batches(0, stores.readings.last_batch):
            say("left", dict(named_readings(batch.body)))
    else:
        say("readings", ids_of(taken))
        say("received", stores.readings.counts().received)


async def work_off(stores: Stores, chance: random.Random, _: Say) -> None:
    """What is done beside: the journal is worked in, and emptied."""
    try:
        if chance.random() < 0.5:
            await stores.alerts._checkpoint()
        else:
            await stores.alerts.clean()
            await stores.readings.checkpoint()
    except StoreBroken:
        return  # told by the next commit


def keeping(tried: list[AlertEvent], say: Say) -> Say:
    """`say`, which keeps the events that are tried: on a disk that is mended all of them are there."""

    def hear(word: str, what: object) -> None:
        if word == "tried" and isinstance(what, AlertEvent):
            tried.append(what)
        say(word, what)

    return hear


async def taken_up(stores: Stores, folder: Path, tried: list[AlertEvent], say: Say) -> Stores:
    """The disk takes everything again: what was held goes to it, as in the daemon, and all that was heard is there."""
    await stores.alerts.save(Transaction())
    with suppress(StoreBroken):  # told by `fault`
        await stores.readings.commit()
    if stores.fault:
        stores = await opened(folder, await stores.close())
    if stores.fault or stores.alerts.held:
        say("breach", f"deaf: {stores.fault} on a disk that is mended")
    for told in tried:
        say("saved", told)
    say("kept", "all that was heard")
    say("received", stores.readings.counts().received)
    faults = await stores.readings.audit()
    for fault in faults:
        say("breach", f"account: {fault}")
    return stores
