"""A store with a key: nothing of people is in its files; without the key it is put aside, and another is begun."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.gap import Gap
from gateway.readings import Reading
from gateway.store import encryption, export, gaps
from gateway.store.counters import Counters
from gateway.store.erase import erase
from gateway.store.keeping import Transaction
from gateway.store.numbers import Numbers
from gateway.store.stores import Stores
from tests.gateway.store.given import (
    added,
    alert,
    delivery,
    event,
    listed,
    people_are_told,
    reading,
    referenced,
    sos,
    stores_in,
    take,
)

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
PLANTED = ("W-PLANTED", "ROOM-77", "help Mr Planted", "13131", "oxygen_saturation", "dispatcher-planted")


@pytest.fixture(autouse=True)
def one_key() -> Iterator[None]:
    encryption.use([KEY])
    yield
    encryption.use([])


def planted(number: int) -> Reading:
    return replace(reading(number, kind="oxygen_saturation", value=13131, wearer="W-PLANTED"))


async def fill(stores: Stores) -> None:
    """Something in each table, and a gap."""
    await take(stores, 20, planted)
    waiting = referenced(stores, replace(sos(21), wearer="W-PLANTED"))
    one = replace(alert(1, planted(3)), wearer="W-PLANTED", room="ROOM-77", actor="dispatcher-planted", seq=1)
    await stores.alerts.save(
        Transaction(
            alerts=[one],
            events=[replace(event(1, 1), alert=one, text="help Mr Planted")],
            deliveries=[delivery(1)],
            referenced=[waiting],
            memories={"C0:FF:EE:00:00:01": b'{"wearer":"W-PLANTED"}'},
        )
    )
    one_gap = Gap(wearer="W-PLANTED", kind="heart_rate", from_ms=1, to_ms=2, n=3, reason="disk full")
    await stores.readings.change(lambda connection, counters: (_evicted(counters, gaps.put(connection, [one_gap])), 1))
    await stores.readings.commit()


def _evicted(counters: Counters, n: int) -> Counters:
    return Counters(**{**vars(counters), "received": counters.received + n, "stored": counters.stored + n, "evicted": n})


def found_in(folder: Path) -> dict[str, list[str]]:
    """Which of the planted words are in the bare bytes of which file."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    found = {name: [word for word in PLANTED if word.encode() in content] for name, content in files.items()}
    return {name: words for name, words in found.items() if words}


async def test_nothing_of_people_is_in_the_bare_files(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await fill(stores)
        assert found_in(tmp_path) == {}
        bodies = await stores.readings.look(lambda connection: connection.execute("SELECT body FROM batch").fetchall())
        assert all(encryption.is_encrypted(body) for (body,) in bodies)  # compressed, a word would not be seen
    assert found_in(tmp_path) == {}


async def test_without_a_key_the_same_words_are_found_so_the_search_is_one(tmp_path: Path) -> None:
    encryption.use([])
    async with stores_in(tmp_path) as stores:
        await fill(stores)

    assert "alerts.db" in found_in(tmp_path)


async def test_with_its_key_everything_is_there_again(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await fill(stores)

    async with stores_in(tmp_path) as stores:
        assert stores.incidents == []
        assert [one.room for one in await stores.alerts.open_alerts()] == ["ROOM-77"]
        assert len(await stores.alerts.undelivered()) == 1
        assert await stores.alerts.memories() == {"C0:FF:EE:00:00:01": b'{"wearer":"W-PLANTED"}'}
        assert {one.wearer for one in await listed(stores.readings.recent(0))} == {"W-PLANTED"}
        assert [(one.wearer, one.n) for one in await stores.readings.gaps()] == [("W-PLANTED", 3)]
        assert await stores.readings.audit() == []
        assert (await export.verify(stores.alerts)).broken is None


@pytest.mark.parametrize("keys", [[], [OTHER]], ids=["no key", "another"])
@pytest.mark.fault("disk", "the key of an encrypted store is gone", promise="calls go on; the store comes back with its key")
async def test_without_its_key_it_is_put_aside_as_it_is_and_calls_go_on(tmp_path: Path, keys: list[bytes]) -> None:
    async with stores_in(tmp_path) as stores:
        await fill(stores)
        origin = stores.readings.origin

    encryption.use(keys)
    async with stores_in(tmp_path) as stores:
        assert [incident.split()[:2] for incident in stores.incidents] == [["alerts.db", "locked"], ["readings.db", "locked"]]
        people_are_told(stores)
        assert stores.readings.origin != origin
        assert stores.alerts.next_alert() > 1
        added(stores, sos())
        await stores.alerts.save(Transaction(alerts=[alert(7)], events=[event(9, 7)], deliveries=[delivery(9)]))
        await stores.readings.commit()
        assert await stores.readings.audit() == []

    async with stores_in(tmp_path) as stores:
        assert stores.incidents == []
        assert [one.number for one in await stores.alerts.open_alerts()] == [7]

    encryption.use([KEY, *keys])
    put_back(tmp_path / "readings.db")
    async with stores_in(tmp_path) as stores:
        assert stores.incidents[0] == "alerts.db unlocked"
        people_are_told(stores)
        assert [one.room for one in await stores.alerts.open_alerts()] == ["ROOM-77", ""]
        assert len(await stores.alerts.undelivered()) == 2
        assert (await export.verify(stores.alerts)).broken is None
        assert len(await listed(stores.readings.recent(0))) >= 20
    async with stores_in(tmp_path) as stores:
        assert stores.incidents == []


async def test_to_erase_one_wearer_costs_no_alert_of_another_that_waits_for_its_key(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await fill(stores)

    encryption.use([])
    async with stores_in(tmp_path) as stores:
        erased = await erase(stores, "W-999", running=True)

    assert erased.locked == ("alerts.db.broken-1",)
    encryption.use([KEY])
    async with stores_in(tmp_path) as stores:
        assert "ROOM-77" in [one.room for one in await stores.alerts.open_alerts()]


def put_back(path: Path) -> None:
    (aside,) = path.parent.glob(f"{path.name}.broken-*")
    path.unlink()
    aside.rename(path)


async def test_the_key_is_changed_by_a_line_before_it(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await fill(stores)

    encryption.use([OTHER, KEY])
    async with stores_in(tmp_path) as stores:
        await take(stores, 3, planted, start=40)
        assert stores.incidents == []
        assert len({one.seq for one in await listed(stores.readings.recent(0))}) >= 23


async def test_a_store_that_was_bare_is_encrypted_from_the_day_on_that_it_has_a_key(tmp_path: Path) -> None:
    encryption.use([])
    async with stores_in(tmp_path) as stores:
        await take(stores, 3)

    encryption.use([KEY])
    async with stores_in(tmp_path) as stores:
        await fill(stores)
        assert stores.incidents == []
        assert await stores.readings.audit() == []
        assert found_in(tmp_path) == {}


async def test_erasing_and_the_look_for_traces_work_on_what_is_encrypted(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await fill(stores)
        closed = replace(alert(1, workflow="resolved"), wearer="W-PLANTED")
        await stores.alerts.save(Transaction(alerts=[closed]))

        erased = await erase(stores, "W-PLANTED", running=True)

        assert (erased.readings, erased.alerts, erased.gaps, erased.memories) == (21, 1, 1, 1)
        assert await listed(stores.readings.recent(0)) == []
        assert {one.wearer for one in await stores.readings.gaps()} == {""}
        assert await stores.alerts.memories() == {}


def test_an_event_is_chained_by_what_it_says_whether_it_is_encrypted_already_or_not() -> None:
    body = b'{"seq":1}'

    bare, encrypted = Numbers(epoch=1).chained(body), Numbers(epoch=1).chained(encryption.encrypt(body))

    assert bare == encrypted
