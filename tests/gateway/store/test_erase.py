"""Of a wearer who is erased no byte is left, of everybody else everything, and the counters and the chain still hold."""

from __future__ import annotations

import asyncio
import os
import random
import re
import sqlite3
import sys
import zlib
from functools import partial
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.alert import DeliveryState
from gateway.commands import AnsweredCommand, Command, Reply, answered
from gateway.errors import StoreBroken
from gateway.gap import Gap
from gateway.readings import Reading
from gateway.store import compressed, export, retention
from gateway.store import erase as erase_file
from gateway.store.chain_check import ChainVerdict
from gateway.store.counters import Counters
from gateway.store.erase import Erased, StillOpen, erase
from gateway.store.export_lines import Wanted
from gateway.store.keeping import Transaction
from gateway.store.opening import open_stores
from gateway.store.stored import seqs
from gateway.store.stores import Stores
from tests.gateway.store.given import (
    GATEWAY,
    NOW_MS,
    StillClock,
    added,
    alert,
    delivery,
    event,
    reading,
    referenced,
    stores_in,
    take,
)
from tests.gateway.store.test_full_disk import files_may_not_grow_over
from tests.gateway.store.test_kill import ROOT
from tests.thorough import times

GONE, WEARERS = "W-017", ("W-017", "W-018", "M-2")


def whose(number: int) -> Reading:
    return reading(number, wearer=WEARERS[number % 3])


async def call(stores: Stores, number: int, wearer: str, *, closed: bool = True, delivered: bool = True) -> None:
    """An alert with two events, the second closing it."""
    named = referenced(stores, reading(number, wearer=wearer))
    raised = replace(alert(number, named), wearer=wearer)
    last = replace(raised, workflow="resolved", note=f"{wearer} is well") if closed else raised
    events = [replace(event(stores.alerts.next_seq(), number), alert=state) for state in (raised, last)]
    state: DeliveryState = "done" if delivered else "waiting"
    await stores.alerts.save(
        Transaction(
            alerts=[last],
            events=events,
            deliveries=[delivery(one.seq, state) for one in events],
            referenced=[named],
        )
    )


def shelved(command: str, wearer: str) -> AnsweredCommand:
    asked = Command(id=command, verb="shelve", args={"wearer": wearer}, actor="dispatcher-7")
    return answered(asked, Reply(id=command, verb="shelve", status="done", result={"wearer": wearer}))


async def left_of(stores: Stores, wearer: str) -> list[dict[str, object]]:
    return [msgspec.json.decode(one) async for one in export.readings(stores.readings, Wanted(wearer=wearer))]


def bytes_with(folder: Path, word: str) -> list[str]:
    """The files that have the word in them, also in anything that can be decompressed, from wherever it begins."""
    return [path.name for path in folder.rglob("*") if path.is_file() and _has(path.read_bytes(), word.encode())]


def _has(data: bytes, word: bytes) -> bool:
    begins = (found.start() for found in re.finditer(b"\x78", data))
    zlibs = (place for place in begins if int.from_bytes(data[place : place + 2]) % 31 == 0)
    return word in data or any(word in _inflated(data[place : place + 60_000]) for place in zlibs)


def _inflated(data: bytes) -> bytes:
    stream, found = zlib.decompressobj(zdict=compressed.WORDS), b""
    try:
        for place in range(0, len(data), 64):
            found += stream.decompress(data[place : place + 64])
            if stream.eof:
                break
    except zlib.error:
        pass
    return found


# --- everything goes --------------------------------------------------------------------------------------------------


async def filled(stores: Stores) -> None:
    """Three wearers in everything that a store can hold."""
    for start in range(0, 90, 30):
        await take(stores, 30, whose, start=start)
    await stores.readings.batches(1, 1)  # under way
    stores.readings.delivered(1)
    await stores.readings.commit()
    for number, wearer in enumerate(WEARERS, start=1):
        await call(stores, number, wearer)
        memories = {f"signed-in {wearer}": b"{}", f"port {number}": msgspec.json.encode({"wearer": wearer})}
        await stores.alerts.save(Transaction(memories=memories, replies=[shelved(f"c-{number}", wearer)]))
    await stores.readings.commit()
    await stores.readings.change(partial(retention.reduce, retention.THIN, (), ()))


async def test_of_a_wearer_who_is_erased_no_byte_is_left(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await filled(stores)
        (tmp_path / "readings.db.broken-3").write_bytes(zlib.compress(b'"wearer":"W-017"'))
        (tmp_path / "alerts.db.broken-1-wal").write_bytes(b"W-017")
        assert set(bytes_with(tmp_path, GONE)) >= {"readings.db-wal", "alerts.db-wal"}

        erased = await erase(stores, GONE, running=True)

        assert bytes_with(tmp_path, GONE) == []
        assert erased == Erased(
            readings=11, evicted=1, gaps=1, alerts=1, events=2, memories=2, replies=1, copies=2, unclean=(), others=()
        )
        assert await stores.readings.audit() == []
        assert await export.verify(stores.alerts) == ChainVerdict(checked=4, erased=2)
    assert bytes_with(tmp_path, GONE) == []


async def test_a_file_whose_name_is_no_text_is_told_too(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xb1\xb8.txt")).write_text(GONE)
    async with stores_in(tmp_path) as stores:
        erased = await erase(stores, GONE, running=False)

    assert erased.others == ("\ufffd\ufffd.txt",)


async def test_of_all_others_everything_stays(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 90, whose)
        before = [await left_of(stores, other) for other in WEARERS[1:]]
        for number, wearer in enumerate(WEARERS, start=1):
            await call(stores, number, wearer, closed=wearer == GONE)
        await stores.alerts.save(Transaction(memories={"C0:FF": b"{}"}, replies=[shelved("c", "M-2")]))

        await erase(stores, GONE, running=False)

        assert [await left_of(stores, other) for other in WEARERS[1:]] == [
            [*one, *(await left_of(stores, other))[-1:]] for one, other in zip(before, WEARERS[1:], strict=True)
        ]
        assert {one.wearer for one in await stores.alerts.open_alerts()} == {"W-018", "M-2"}
        assert await stores.alerts.memories() == {"C0:FF": b"{}"}
        assert await stores.alerts.answered("c") == shelved("c", "M-2")


@pytest.mark.parametrize("gone", ["W-01", "W-0", "17", "w-017"])
async def test_a_pseudonym_that_is_a_part_of_another_is_another(tmp_path: Path, gone: str) -> None:
    async with stores_in(tmp_path) as stores:
        await filled(stores)
        before = await left_of(stores, GONE)

        erased = await erase(stores, gone, running=False)

        assert (erased.readings, erased.alerts, erased.events, erased.memories, erased.replies) == (0, 0, 0, 0, 0)
        assert await left_of(stores, GONE) == before


@pytest.mark.parametrize("gone", ["王奶奶", 'a"b\\c', "%_[", "=1+1"])
async def test_a_pseudonym_may_have_any_letters(tmp_path: Path, gone: str) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 10, lambda number: reading(number, wearer=gone if number % 2 else "W-018"))
        await call(stores, 1, gone)
        await stores.alerts.save(Transaction(memories={f"signed-in {gone}": b"{}"}, replies=[shelved("c", gone)]))

        erased = await erase(stores, gone, running=False)

        assert (erased.readings, erased.alerts, erased.memories, erased.replies) == (6, 1, 1, 1)
        assert bytes_with(tmp_path, gone) == []


@pytest.mark.fault("people and commands", "a wearer with an open alert is erased", promise="refused; everything stays")
async def test_an_open_alert_refuses_it_and_everything_stays(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 30, whose)
        await call(stores, 1, GONE)
        await call(stores, 2, GONE, closed=False)

        with pytest.raises(StillOpen, match="A2"):
            await erase(stores, GONE, running=True)

        assert len(await left_of(stores, GONE)) == 12
        assert (await export.verify(stores.alerts)).erased == 0


async def test_nothing_is_claimed_where_the_disk_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 30, whose)
        monkeypatch.setattr(stores.readings, "change", refused)

        with pytest.raises(StoreBroken):
            await erase(stores, GONE, running=True)


async def refused(_work: object) -> int:
    return 0


async def test_files_that_are_not_the_stores_own_are_named(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        (tmp_path / "notes").mkdir()
        (tmp_path / "notes" / "wristbands.csv").write_text("C0:FF:EE:00:00:01,serial-hub,W-017,3-201\n")

        assert (await erase(stores, GONE, running=True)).others == ("notes/wristbands.csv",)


async def leave_traces(stores: Stores) -> None:
    """Rows that were deleted long ago, with their bytes still in the pages: as SQLite may leave them between two rows."""
    for store in (stores.readings, stores.alerts):
        await store.look(lambda connection: connection.execute("PRAGMA secure_delete = OFF").fetchall())
    await take(stores, 30, whose)
    stores.readings.delivered(1)
    await stores.readings.commit()
    await stores.readings.change(delete_as_others_would)
    await call(stores, 1, GONE)
    await stores.alerts.forget(closed_before_ms=NOW_MS + 10**9, answered_before_ms=0, stored_below=100)


def delete_as_others_would(connection: sqlite3.Connection, counters: Counters) -> tuple[Counters, int]:
    connection.execute("DELETE FROM batch")
    return counters, 1


async def test_traces_of_what_was_deleted_long_ago_go_too(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await leave_traces(stores)
        await stores.readings.checkpoint()
        assert set(bytes_with(tmp_path, GONE)) >= {"alerts.db", "readings.db"}

        erased = await erase(stores, GONE, running=True)

        assert bytes_with(tmp_path, GONE) == []
        assert erased.unclean == ()
        assert await stores.readings.audit() == []


async def test_a_file_too_big_to_be_written_anew_is_said_and_left_for_when_nothing_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erase_file, "READINGS_AT_MOST", 1)
    async with stores_in(tmp_path) as stores:
        await leave_traces(stores)

        assert (await erase(stores, GONE, running=True)).unclean == ("readings.db",)
        assert (await erase(stores, GONE, running=False)).unclean == ()

        assert bytes_with(tmp_path, GONE) == []


# --- while other things go on ----------------------------------------------------------------------------------------


async def test_pending_readings_count_as_evicted_and_their_gap_names_nobody(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 3, whose)

        await erase(stores, GONE, running=True)

        counts = stores.readings.counts()
        assert (counts.stored, counts.pending, counts.evicted, counts.delivered) == (3, 2, 1, 0)
        assert await stores.readings.gaps() == [
            Gap(wearer="", kind="heart_rate", from_ms=NOW_MS, to_ms=NOW_MS, n=1, reason="erased")
        ]


async def test_delivered_readings_just_go(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 3, whose)
        stores.readings.delivered(1)
        await stores.readings.commit()

        await erase(stores, GONE, running=True)

        counts = stores.readings.counts()
        assert (counts.stored, counts.delivered, counts.evicted) == (3, 3, 0)
        assert await stores.readings.gaps() == []


async def test_what_waits_to_be_written_goes_too(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        added(stores, whose(0))

        assert (await erase(stores, GONE, running=True)).readings == 1


async def test_a_batch_that_is_delivered_meanwhile_counts_what_is_left_of_it(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 30, whose)
        (under_way,) = await stores.readings.batches(0, 1)

        await erase(stores, GONE, running=True)
        stores.readings.delivered(under_way.id, seqs(under_way.body))
        await stores.readings.commit()

        counts = stores.readings.counts()
        assert (counts.pending, counts.delivered, counts.evicted) == (0, 0, 30)
        assert await stores.readings.audit() == []


async def test_what_is_erased_does_not_come_back_out_of_somebodys_memory(tmp_path: Path) -> None:
    """The last event of a closed alert may wait for its receipt while the alert is erased."""
    async with stores_in(tmp_path) as stores:
        await call(stores, 1, GONE, delivered=False)
        (event, _), *_ = await stores.alerts.undelivered()
        await erase(stores, GONE, running=True)

        later = replace(event, seq=stores.alerts.next_seq())
        await stores.alerts.save(
            Transaction(alerts=[event.alert], events=[later], deliveries=[delivery(event.seq), delivery(later.seq)])
        )

        assert await stores.alerts.undelivered() == []
        assert await export.verify(stores.alerts) == ChainVerdict(checked=0, erased=3)
        assert await stores.alerts.named() == frozenset()
    assert bytes_with(tmp_path, GONE) == []


@settings(max_examples=times(6, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_the_equations_hold_and_no_byte_is_left_whatever_was_there(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    asyncio.run(any_life(tmp_path_factory.mktemp("life"), random.Random(seed)))


async def any_life(folder: Path, chance: random.Random) -> None:
    async with stores_in(folder) as stores:
        for life in range(chance.randrange(1, 60)):
            number = 1000 * life
            for place in range(chance.choice([1, 1, 3, 40])):
                added(stores, reading(number + place, wearer=chance.choice(WEARERS), value=chance.randrange(200)))
            await stores.readings.commit()
            await chance.choice((deliver, thin, raise_some, forget, nothing))(stores, chance)
        async with asyncio.TaskGroup() as tasks:
            erasing = tasks.create_task(erase(stores, GONE, running=chance.random() < 0.5))
            while not erasing.done():
                counts = stores.readings.counts()
                assert counts.stored == counts.delivered + counts.pending + counts.evicted
                assert counts.received == counts.stored + sum(counts.rejected.values())
                await chance.choice((deliver, nothing))(stores, chance)
                assert await stores.readings.audit() == []
        assert bytes_with(folder, GONE) == []
        assert (await export.verify(stores.alerts)).broken is None


async def deliver(stores: Stores, chance: random.Random) -> None:
    for batch in await stores.readings.batches(0, stores.readings.last_batch, 10_000):
        if chance.random() < 0.5:
            stores.readings.delivered(batch.id, seqs(batch.body)[: chance.choice((0, 0, 1))])


async def thin(stores: Stores, chance: random.Random) -> None:
    stage = chance.choice((retention.THIN, retention.EVICT))
    await stores.readings.change(partial(retention.reduce, stage, (), stores.readings.under_way.in_flight))


async def raise_some(stores: Stores, chance: random.Random) -> None:
    number = stores.alerts.next_alert()
    await call(stores, number, chance.choice(WEARERS), delivered=chance.random() < 0.5)


async def forget(stores: Stores, chance: random.Random) -> None:
    await stores.alerts.forget(
        closed_before_ms=NOW_MS + chance.choice((0, 10**9)), answered_before_ms=0, stored_below=stores.readings.next_stored
    )


async def nothing(_stores: Stores, _chance: random.Random) -> None:
    await asyncio.sleep(0)


# --- killed in the middle --------------------------------------------------------------------------------------------

KILLED = """
import asyncio, os, sys
from pathlib import Path
from gateway.clock import SystemClock
from gateway.store.database import Database
from gateway.store.erase import erase
from gateway.store.opening import open_stores

left = int(sys.argv[2])
run = Database._run

async def counted(self, work):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), 9)
    return await run(self, work)

async def main():
    stores = await open_stores(Path(sys.argv[1]), "xishan-01", SystemClock())
    Database._run = counted
    await erase(stores, "W-017", running=True)
    os._exit(0)

asyncio.run(main())
"""


@pytest.mark.fault("process", "kill -9 at any step of erasing a wearer", promise="the counters hold, erasing again finishes it")
async def test_killed_at_any_step_the_counters_hold_and_erasing_again_finishes_it(tmp_path: Path) -> None:
    async with stores_in(tmp_path / "before") as stores:
        for start in range(0, 1000, 10):
            await take(stores, 10, whose, start=start)
        for number, wearer in enumerate(WEARERS, start=1):
            await call(stores, number, wearer)
        await stores.readings.commit()
    (tmp_path / "before" / "alerts.reserve").unlink()

    codes = [await killed_after(tmp_path, steps) for steps in range(0, 36, times(7, 1))]

    assert codes[0] == -9
    assert codes[-1] == 0


async def killed_after(tmp_path: Path, steps: int) -> int:
    folder = tmp_path / str(steps)
    await asyncio.to_thread(_copy, tmp_path / "before", folder)
    victim = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, folder, str(steps), cwd=ROOT)
    code = await victim.wait()
    async with stores_in(folder) as stores:
        assert stores.incidents == []
        assert await stores.readings.audit() == []
        assert (await export.verify(stores.alerts)).broken is None
        await erase(stores, GONE, running=False)
        assert await stores.readings.audit() == []
        assert bytes_with(folder, GONE) == []
    return code


def _copy(old: Path, new: Path) -> None:
    new.mkdir()
    for path in old.iterdir():
        (new / path.name).write_bytes(path.read_bytes())


@pytest.mark.fault(
    "people and commands", "a wearer is erased while the disk refuses", promise="what was erased does not come back"
)
async def test_what_was_erased_does_not_come_back_with_what_a_disk_refused(tmp_path: Path) -> None:
    """Its receipt may come after it is erased; if the disk refuses just then, the next life must not store it after all."""
    stores = await open_stores(tmp_path / "data", GATEWAY, StillClock())
    await call(stores, 2, GONE, delivered=False)
    await erase(stores, GONE, running=True)
    late = replace(alert(2, workflow="resolved"), wearer=GONE)

    with files_may_not_grow_over(1000):
        await stores.alerts.save(Transaction(alerts=[late, alert(3)], deliveries=[delivery(1, "done")]))
        assert stores.alerts.fault
        leftover = await stores.close()

    stores = await open_stores(tmp_path / "data", GATEWAY, StillClock(), leftover=leftover)
    try:
        assert await stores.alerts.alert(2) is None
    finally:
        await stores.close()
