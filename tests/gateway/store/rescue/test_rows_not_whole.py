"""A row whose bits have flipped is put aside and told; it is never sent, and stands before no other."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.alerts.book import AlertBook
from gateway.alerts.deliveries import Deliveries
from gateway.alerts.desk import Desk
from gateway.store import export, opening
from gateway.store.chain_check import BrokenEntry
from gateway.store.export_lines import Wanted
from gateway.store.keeping import Transaction
from tests.gateway.store.given import (
    GATEWAY,
    NOW_MS,
    StillClock,
    alert,
    answer,
    delivery,
    event,
    people_are_told,
    reading,
    referenced,
    stores_in,
    take,
)
from tests.gateway.store.test_opening import refuses

ALERTS = range(1, 6)
ROOM = "3-2{:02}"


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """Five alerts in five rooms, none delivered; a memory, an answer, a reading that only alerts.db has."""
    async with stores_in(tmp_path) as stores:
        for number in ALERTS:
            raised = replace(alert(number), room=ROOM.format(number), seq=number, epoch=stores.epoch)
            told = replace(event(stores.alerts.next_seq(), number), alert=raised)
            await stores.alerts.save(Transaction(alerts=[raised], events=[told], deliveries=[delivery(told.seq)]))
        call = referenced(stores, reading(1))
        await stores.alerts.save(Transaction(memories={"C0": b"one"}, replies=[answer("c-1")], referenced=[call]))
    return tmp_path


def change(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(sql).rowcount == 1
        connection.commit()


def flipped(column: str, place: int) -> str:
    """SQL for a column one byte of which is another."""
    return f"CAST(substr({column}, 1, {place - 1}) || x'ff' || substr({column}, {place + 1}) AS BLOB)"


DAMAGE = {
    "the text of an event": f"UPDATE event SET body = {flipped('body', 90)} WHERE seq = 3",
    "an event that is no JSON": "UPDATE event SET body = x'00ff' WHERE seq = 3",
    "the room of an event": "UPDATE event SET body = CAST(replace(body, '3-203', '3-207') AS BLOB) WHERE seq = 3",
    "whose an event is": "UPDATE event SET alert = 4 WHERE seq = 3",
    "the state of an alert": f"UPDATE alert SET body = {flipped('body', 60)} WHERE number = 3",
    "the room of an alert": "UPDATE alert SET body = CAST(replace(body, '3-203', '3-207') AS BLOB) WHERE number = 3",
    "the state of a delivery": "UPDATE delivery SET state = 'waitinf' WHERE event = 3",
    "a memory": "UPDATE memory SET body = x'00'",
    "an answer": f"UPDATE command SET reply = {flipped('reply', 9)}",
    "a referenced reading": f"UPDATE referenced SET body = {flipped('body', 9)}",
    "the next number": "UPDATE numbers SET next_alert = next_alert - 3",
    "the epoch": "UPDATE numbers SET epoch = epoch + 4096",
    "the head of the chain": f"UPDATE numbers SET hash = {flipped('hash', 9)}",
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.fault("disk", "one row of the store is not whole", promise="it costs no alert, and is told")
async def test_one_row_that_is_not_whole_costs_no_alert_and_is_told(folder: Path, damage: str) -> None:
    change(folder / "alerts.db", DAMAGE[damage])

    async with stores_in(folder) as stores:
        alerts = await stores.alerts.open_alerts()
        assert [(one.number, one.room) for one in alerts] == [(number, ROOM.format(number)) for number in ALERTS]
        told = {one.alert.number: one.alert.room for one, _ in await stores.alerts.undelivered()}
        assert told.items() <= {number: ROOM.format(number) for number in ALERTS}.items()
        assert told.keys() | {3} == set(ALERTS)
        assert stores.incidents == ["alerts.db 1 rows"]
        assert stores.alerts.next_alert() > max(ALERTS)
        people_are_told(stores)
    assert (folder / "alerts.db.broken-1").exists()

    async with stores_in(folder) as stores:
        assert stores.incidents == []


@pytest.mark.parametrize("damage", DAMAGE)
async def test_where_the_disk_refuses_too_one_row_that_is_not_whole_costs_no_alert(
    folder: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(folder / "alerts.db", DAMAGE[damage])
    monkeypatch.setattr(opening, "open_or_rescue", refuses)

    async with stores_in(folder) as stores:
        assert stores.alerts.fault == "read-only"
        alerts = await stores.alerts.open_alerts()
        assert [(one.number, one.room) for one in alerts] == [(number, ROOM.format(number)) for number in ALERTS]
        assert stores.alerts.next_alert() > max(ALERTS)


@pytest.mark.fault("disk", "an event of an alert is garbled in its row", promise="the alert is told by a new event")
async def test_an_alert_whose_event_is_not_whole_is_told_by_a_new_one(folder: Path) -> None:
    change(folder / "alerts.db", DAMAGE["the text of an event"])

    async with stores_in(folder) as stores:
        book = AlertBook(gateway=GATEWAY, epoch=stores.epoch, language=lambda: "en", store=stores.alerts, clock=StillClock())
        await book.resume()

        told = {one.alert.number: one for one, _ in await stores.alerts.undelivered()}
        assert (told[3].event, told[3].alert.room) == ("updated", ROOM.format(3))
        assert len(book.outbox) == len(ALERTS)
        assert (await export.verify(stores.alerts)).broken == BrokenEntry(3, "missing")


async def test_after_an_outage_one_garbled_event_keeps_no_other_from_leaving_late(folder: Path) -> None:
    """How late it is is stored before the first sending: what cannot be read must not stand in its way."""
    change(folder / "alerts.db", DAMAGE["an event that is no JSON"])
    clock = StillClock(NOW_MS + 600_000)

    async with stores_in(folder, clock) as stores:
        book = AlertBook(gateway=GATEWAY, epoch=stores.epoch, language=lambda: "en", store=stores.alerts, clock=clock)
        desk = Desk(book, clock)
        await desk.resume()
        deliveries = Deliveries(book, desk, clock)
        deliveries.reconnected()
        late = dict[int, int]()
        while taken := deliveries.take(clock.monotonic_s(), again=False):
            late[taken[0].alert.number] = await deliveries.handed_over(taken[0].seq)

        assert late == {1: 600, 2: 600, 3: 0, 4: 600, 5: 600}


async def test_an_event_that_breaks_while_the_gateway_runs_is_left_out_and_exported_as_it_is(folder: Path) -> None:
    async with stores_in(folder) as stores:
        await stores.alerts.look(lambda connection: connection.execute(DAMAGE["the text of an event"]))

        assert len(await stores.alerts.undelivered()) == len(ALERTS) - 1
        lines = [line async for line in export.alert_lines(stores.alerts, Wanted(), gateway=GATEWAY)]
        assert [line.alert is None for line in lines] == [False, False, True, False, False]
        assert (await export.verify(stores.alerts)).broken == BrokenEntry(3, "changed")


@pytest.mark.parametrize(
    "damage",
    ["pending = pending + 64", "received = 3", "next_seq = 2", "rejected = 'x'", "last_batch = 0", "delivered = -9"],
)
@pytest.mark.fault("disk", "counters that do not add up on the disk", promise="counted anew in place")
async def test_counters_that_do_not_fit_are_counted_anew_where_they_are(folder: Path, damage: str) -> None:
    async with stores_in(folder) as stores:
        await take(stores, 20)
        pending = stores.readings.counts().pending
    change(folder / "readings.db", f"UPDATE counters SET {damage}")

    async with stores_in(folder) as stores:
        assert stores.incidents in (["readings.db 1 rows"], ["readings.db journal 1 rows"])
        assert stores.readings.counts().pending == pending
        assert await stores.readings.audit() == []


async def test_a_count_of_a_batch_that_is_not_true_is_mended(folder: Path) -> None:
    async with stores_in(folder) as stores:
        await take(stores, 20)
        counts = stores.readings.counts()
    change(folder / "readings.db", "UPDATE batch SET n = n + 32 WHERE id = (SELECT max(id) FROM batch)")

    async with stores_in(folder) as stores:
        assert stores.readings.counts() == counts
        assert await stores.readings.audit() == []


@pytest.mark.parametrize("delivered", [False, True], ids=["pending", "delivered"])
@pytest.mark.parametrize("damage", ["last_seq = last_seq + 16384", "last_seq = last_seq - 4", "first_seq = first_seq + 4"])
@pytest.mark.fault("disk", "the numbers of a batch are not those of its readings", promise="counted anew in place, and told")
async def test_numbers_of_a_batch_that_are_not_true_are_mended_and_told(folder: Path, damage: str, delivered: bool) -> None:
    async with stores_in(folder) as stores:
        await take(stores, 20)
        if delivered:
            stores.readings.delivered(stores.readings.last_batch)
        await take(stores, 5)
        counts = stores.readings.counts()
    change(folder / "readings.db", f"UPDATE batch SET {damage} WHERE n = 20")

    async with stores_in(folder) as stores:
        assert stores.incidents == ["readings.db 1 rows"]
        assert stores.readings.counts() == counts
        assert await stores.readings.audit() == []
        assert stores.readings.next_seq() < 16384


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE batch SET n = n + 1 WHERE id = {newest}",
        "UPDATE batch SET n = n - 1 WHERE id = {newest} - 1",
        "UPDATE batch SET delivered = 1 WHERE id = {newest}",
        "UPDATE batch SET delivered = 0 WHERE id = {newest} - 3",
        "UPDATE batch SET delivered_by_then = delivered_by_then + 2 WHERE id = {newest}",
        "UPDATE batch SET delivered_by_then = delivered_by_then - 2 WHERE id = {newest}",
        "UPDATE batch SET delivered_by_then = 1 << 40 WHERE id = {newest}",
        "UPDATE batch SET rejected_with_it = 'x' WHERE id = {newest} - 1",
        "DELETE FROM batch WHERE id = {newest} - 1",
    ],
)
@pytest.mark.fault("disk", "what a batch says of the counters is not true, after a kill", promise="counted anew, and told")
async def test_what_a_batch_says_of_the_counters_is_not_believed_where_it_does_not_fit(tmp_path: Path, damage: str) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 4)
    async with stores_in(tmp_path) as stores:  # their row knows the first
        for number in range(5):
            stores.readings.reject("checksum", number)
            if number > 2:
                stores.readings.delivered(number - 1)
            await take(stores, 4)
        newest = stores.readings.last_batch
        shutil.copytree(tmp_path, tmp_path / "killed")
    killed = tmp_path / "killed"
    change(killed / "readings.db", damage.format(newest=newest))

    async with stores_in(killed) as stores:
        assert stores.incidents in (["readings.db 1 rows"], ["readings.db journal 1 rows"])
        assert stores.readings.counts().stored >= 24
        assert await stores.readings.audit() == []
