"""What the disk refuses is held: counted, sent, bounded, and put on the disk that is there in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.formats.reading_json import encode_reading
from gateway.readings import Reading
from gateway.store import encryption, stored
from gateway.store.connection import open_sqlite
from gateway.store.counters import Counters
from gateway.store.export import verify
from gateway.store.held_batches import HeldBatches
from gateway.store.keeping import Transaction
from gateway.store.opening import open_stores
from gateway.store.write_buffer import CommitBatch
from tests.gateway.store.given import GATEWAY, StillClock, added, alert, delivery, event, reading, sos, stores_in, take

ORIGIN = "g/7"
ON_DISK = Counters(epoch=7, next_seq=11, last_batch=3, received=10, stored=10, delivered=10)


def commit(*readings: Reading, delivered: dict[int, list[int]] | None = None) -> CommitBatch:
    return CommitBatch(readings, [encode_reading(one, ORIGIN) for one in readings], {}, delivered or {})


def from_11(*readings: Reading) -> list[Reading]:
    return [replace(one, seq=seq, epoch=7) for seq, one in enumerate(readings, 11)]


def test_held_batches_go_on_from_those_on_the_disk_and_are_counted_by_themselves() -> None:
    held = HeldBatches(ON_DISK)
    held.take(commit(*from_11(reading(0), reading(1))), "boot")
    held.take(commit(replace(reading(2), seq=13, epoch=7), delivered={4: [12], 2: []}), "boot")

    assert [batch.id for batch in held.next(0, 99, 10**6, ())] == [5]
    assert held.delivered_on_disk == {2: []}
    assert (held.counters.delivered, held.counters.pending, held.counters.evicted) == (1, 1, 1)
    assert ON_DISK.plus(held.counters).faults() == []
    assert [(gap.n, gap.reason) for gap in held.lost] == [(1, "rejected")]


def test_of_too_many_the_oldest_routine_ones_go_and_never_a_press_what_an_alert_names_or_what_is_under_way() -> None:
    held = HeldBatches(ON_DISK)
    named, press, *routine = from_11(reading(0), sos(1), *map(reading, range(2, 10)))
    held.take(commit(named, press, *routine[:4]), "boot")
    held.take(commit(routine[4]), "boot")
    held.take(commit(*routine[5:]), "boot")

    held.drop_over(4, named={named.seq}, in_flight={5})

    (first, under_way, last) = held.next(0, 99, 10**6, ())
    assert (first.n, under_way.n, last.n) == (2, 1, 1)
    assert (first.first_seq, first.last_seq) == (named.seq, press.seq)
    assert (held.counters.pending, held.counters.evicted) == (4, 6)
    assert sum(gap.n for gap in held.lost) == 6


def test_a_key_that_jams_while_the_disk_refuses_fills_no_memory_and_is_not_gone_through_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held, looks = HeldBatches(ON_DISK), Counter[bytes]()
    decode = stored.decode_readings

    def look(body: bytes) -> list[Reading]:
        looks[body] += 1
        return decode(body)

    monkeypatch.setattr(stored, "decode_readings", look)
    for press in from_11(*map(sos, range(100))):
        held.take(commit(press), "boot")
        held.drop_over(10, named={press.seq}, in_flight=())

    assert [batch.first_seq for batch in held.next(0, 999, 10**6, ())] == list(range(91, 111))
    assert (held.counters.pending, held.counters.evicted) == (20, 80)
    assert sum(gap.n for gap in held.lost) == 80
    assert max(looks.values()) <= 2


async def test_a_commit_that_only_seemed_to_be_refused_is_not_there_twice(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 3)
        before = await stores.readings.look(Counters.load)
        await take(stores, 2, start=3)
    held = HeldBatches(before)
    held.take(commit(*(replace(reading(n), seq=n + 1, epoch=before.epoch) for n in (3, 4))), "boot-one")

    with closing(open_sqlite(str(tmp_path / "readings.db"))) as connection:
        counters = held.put(connection, Counters.load(connection))

    assert (counters.stored, counters.pending, counters.faults()) == (5, 5, [])


@pytest.fixture(params=[[], [bytes(32)]], ids=["in plain text", "encrypted"])
def keys(request: pytest.FixtureRequest) -> Iterator[None]:
    encryption.use(request.param)
    yield
    encryption.use([])


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("lives", [1, 2])
async def test_what_was_held_where_nothing_could_be_read_stands_beside_what_lies_on_the_disk(
    tmp_path: Path, lives: int
) -> None:
    """Also over more than one life in memory: same numbers, same ids, one chain, and the disk's own alerts are there again."""
    async with stores_in(tmp_path / "disk") as stores:
        number = stores.alerts.next_alert()
        await stores.alerts.save(Transaction(alerts=[alert(number)], events=[event(stores.alerts.next_seq(), number)]))
        await take(stores, 3)
        epoch = stores.epoch
    nowhere = tmp_path / "file" / "no folder"
    (tmp_path / "file").write_text("")
    leftover = None
    seqs = []
    for _ in range(lives):
        stores = await open_stores(nowhere, GATEWAY, StillClock(), leftover=leftover)
        held, seq = stores.alerts.next_alert(), stores.alerts.next_seq()
        await stores.alerts.save(
            Transaction(alerts=[alert(held)], events=[event(seq, held)], deliveries=[delivery(seq)], memories={"C0": b"1"})
        )
        seqs.append(seq)
        added(stores, reading(5))
        assert len(await stores.alerts.open_alerts()) == len(seqs)
        leftover = await stores.close()

    stores = await open_stores(tmp_path / "disk", GATEWAY, StillClock(), leftover=leftover)
    try:
        assert stores.epoch > max(epoch, leftover.numbers.epoch if leftover else 0)
        assert len(await stores.alerts.open_alerts()) == 1 + lives
        assert [one.seq for one, _ in await stores.alerts.undelivered()] == seqs
        assert (await verify(stores.alerts)).checked == 1 + lives
        assert stores.readings.counts().pending == 3 + lives
        assert await stores.readings.audit() == []
        assert stores.alerts.next_seq() > max(seqs)
    finally:
        await stores.close()
