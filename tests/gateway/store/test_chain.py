"""The chain of the events: whatever is changed, taken out or cut off shows."""

from __future__ import annotations

import hashlib
from pathlib import Path

from gateway.store import numbers
from gateway.store.chain import BEGINNING, ChainHead, entry_hash, link
from gateway.store.keeping import Transaction
from gateway.store.stores import Stores
from tests.gateway.store.given import NOW_MS, alert, delivery, event, stores_in
from tests.gateway.store.small_disk import SmallDisk

Entry = tuple[int, bytes | None, int, bytes, bytes]  # seq, body, entry, prev, hash

DAY_MS = 86_400_000


async def entries(stores: Stores) -> list[Entry]:
    """All that are on the disk, in the order of the chain."""
    sql = "SELECT seq, body, entry, prev, hash FROM event ORDER BY entry"
    return await stores.alerts._database.read(lambda connection: connection.execute(sql).fetchall())


async def head(stores: Stores) -> tuple[int, bytes]:
    known = await stores.alerts._database.read(numbers.load)
    return known.entry, known.hash


def holds(chain: list[Entry], last: tuple[int, bytes]) -> bool:
    """Whether it is whole, from the first entry to its head."""
    before, place = BEGINNING, 0
    for _, body, entry, prev, hash_ in chain:
        place += 1
        if entry != place or prev != before or (body is not None and hash_ != entry_hash(prev, entry, body)):
            return False
        before = hash_
    return last == (place, before)


async def save(stores: Stores, *seqs: int) -> None:
    await stores.alerts.save(Transaction(events=[event(seq, 1) for seq in seqs], deliveries=[delivery(seq) for seq in seqs]))


def test_a_hash_is_of_the_one_before_the_place_and_the_body() -> None:
    first = link(ChainHead(), b"one")

    assert (first.entry, first.prev) == (1, bytes(32))
    assert first.hash == hashlib.sha256(bytes(32) + b"\0\0\0\0\0\0\0\1" + b"one").digest()
    assert link(ChainHead(first.entry, first.hash), b"two").prev == first.hash


async def test_the_chain_has_no_hole_over_restarts_where_numbers_of_events_may_have_some(tmp_path: Path) -> None:
    for seqs in ((1, 2), (5,), (9, 10, 11)):
        async with stores_in(tmp_path) as stores:
            await save(stores, *seqs)

    async with stores_in(tmp_path) as stores:
        chain = await entries(stores)
        assert [(seq, entry) for seq, _, entry, _, _ in chain] == [(1, 1), (2, 2), (5, 3), (9, 4), (10, 5), (11, 6)]
        assert holds(chain, await head(stores))


async def test_what_is_changed_taken_out_or_cut_off_shows(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await save(stores, 1, 2, 3)
        chain, last = await entries(stores), await head(stores)

    seq, body, entry, prev, hash_ = chain[1]
    assert body
    assert holds(chain, last)
    assert not holds([chain[0], (seq, body.replace(b"help", b"hell"), entry, prev, hash_), chain[2]], last)
    assert not holds([chain[0], chain[2]], last)
    assert not holds(chain[1:], last)
    assert not holds(chain[:2], last)


async def test_what_the_disk_refused_stands_in_the_chain_in_the_order_in_which_it_happened(
    disk: SmallDisk,
) -> None:
    async with stores_in(disk.folder) as stores:
        await save(stores, 1)
        (disk.folder / "alerts.reserve").unlink()
        disk.fill()
        for seq in range(2, 2000):
            await stores.alerts.save(Transaction(events=[event(seq, 1)], deliveries=[delivery(seq)]))
            if stores.alerts.fault:
                break
        await save(stores, 2001, 2002)
        assert stores.alerts.fault == "disk full"
        assert holds(await entries(stores), await head(stores)), "what is on the disk is whole meanwhile"

        disk.empty()
        await save(stores, 2003)

        chain = await entries(stores)
        assert [seq for seq, *_ in chain[-3:]] == [2001, 2002, 2003]
        assert holds(chain, await head(stores))


async def test_a_forgotten_alert_leaves_its_hashes(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await stores.alerts.save(Transaction(alerts=[alert(1, workflow="resolved")]))
        await stores.alerts.save(Transaction(events=[event(1, 1), event(2, 1)], deliveries=[delivery(1, "done")]))
        await stores.alerts.save(Transaction(deliveries=[delivery(2, "done")]))

        await stores.retain(NOW_MS + 181 * DAY_MS)
        await save(stores, 3)

        chain = await entries(stores)
        assert [body is None for _, body, *_ in chain] == [True, True, False]
        assert holds(chain, await head(stores))


def is_opened_by_nobody(path: Path) -> None:
    """Its first bytes are spoiled: SQLite takes it for no database, and its rows are found page by page."""
    with path.open("r+b") as file:
        file.write(b"spoiled")


async def test_a_repaired_store_goes_on_from_the_head_of_the_chain(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await save(stores, 1, 2)
        last = await head(stores)
    is_opened_by_nobody(tmp_path / "alerts.db")

    async with stores_in(tmp_path) as stores:
        assert stores.incidents == ["alerts.db"]
        assert await head(stores) == last
        number = stores.alerts.next_seq()
        await save(stores, number)
        assert holds(await entries(stores), await head(stores))


async def test_an_event_whose_delivery_is_lost_with_a_page_is_told_again(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await save(stores, 1)
        await stores.alerts._database.write(lambda connection: connection.execute("DELETE FROM delivery"))
    is_opened_by_nobody(tmp_path / "alerts.db")

    async with stores_in(tmp_path) as stores:
        assert await stores.alerts.undelivered() == [(event(1, 1), delivery(1))]
