"""What must never be lost is on the disk when `save` returns, or held and tried again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from drivers.measurement import BloodPressure, Position
from gateway.alert import Delivery, LastPosition
from gateway.store import alerts as alerts_file
from gateway.store.keeping import Transaction
from tests.gateway.store.given import NOW_MS, alert, answer, delivery, event, reading, sos, stores_in, until


async def test_what_was_saved_is_there_after_a_restart(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        number, seq = stores.alerts.next_alert(), stores.alerts.next_seq()
        await stores.alerts.save(
            Transaction(
                alerts=[alert(number)],
                events=[event(seq, number)],
                deliveries=[delivery(seq)],
                memories={"C0": b"\x01"},
                replies=[answer("c-1")],
            )
        )

    async with stores_in(tmp_path) as stores:
        assert await stores.alerts.open_alerts() == [alert(number)]
        assert await stores.alerts.undelivered() == [(event(seq, number), delivery(seq))]
        assert await stores.alerts.memories() == {"C0": b"\x01"}
        assert await stores.alerts.answered("c-1") == answer("c-1")
        assert await stores.alerts.answered("c-2") is None


async def test_an_alert_comes_back_as_it_was(tmp_path: Path) -> None:
    pressure = replace(reading(1, kind="blood_pressure", value=BloodPressure(181, 121, mean=141.5)), seq=17)
    place = LastPosition(Position(30.53, 120.68, accuracy_m=12), NOW_MS)
    full = replace(alert(1, pressure, sos(2)), position=place, actor="dispatcher-7", band={"received": "shown"})

    async with stores_in(tmp_path) as stores:
        await stores.alerts.save(Transaction(alerts=[full]))

        assert await stores.alerts.open_alerts() == [full]


async def test_a_later_state_takes_the_place_of_the_earlier_one(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await stores.alerts.save(
            Transaction(alerts=[alert(1)], events=[event(1, 1)], deliveries=[delivery(1)], memories={"C0": b"1"})
        )

        await stores.alerts.save(
            Transaction(alerts=[alert(1, workflow="resolved")], deliveries=[delivery(1, "done")], memories={"C0": b"2"})
        )

        assert await stores.alerts.open_alerts() == []
        assert await stores.alerts.undelivered() == []
        assert await stores.alerts.memories() == {"C0": b"2"}


async def test_an_event_waits_for_each_channel_on_its_own(tmp_path: Path) -> None:
    sms = Delivery(event=1, channel="sms", state="sent", tries=2, late_s=70)
    async with stores_in(tmp_path) as stores:
        await stores.alerts.save(Transaction(events=[event(1, 1)], deliveries=[delivery(1), sms]))

        await stores.alerts.save(Transaction(deliveries=[delivery(1, "done")]))

        assert await stores.alerts.undelivered() == [(event(1, 1), sms)]


async def test_numbers_rise_by_one_over_a_restart_in_peace(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        assert [stores.alerts.next_alert() for _ in range(3)] == [1, 2, 3]
        assert stores.alerts.next_seq() == 1

    async with stores_in(tmp_path) as stores:
        assert stores.alerts.next_alert() == 4
        assert stores.alerts.next_seq() == 2


async def test_many_saves_at_once_share_their_transactions(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        async with asyncio.TaskGroup() as tasks:
            for number in range(1, 201):
                tasks.create_task(stores.alerts.save(Transaction(alerts=[alert(number)])))

        assert len(await stores.alerts.open_alerts()) == 200


async def test_a_cancelled_save_is_on_the_disk_all_the_same(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        async with asyncio.TaskGroup() as tasks:
            saving = tasks.create_task(stores.alerts.save(Transaction(alerts=[alert(1)])))
            await asyncio.sleep(0)
            saving.cancel()

        await stores.alerts.stored()
        assert stores.alerts.held == 0
        assert await stores.alerts.open_alerts() == [alert(1)]


async def test_run_keeps_the_journal_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts_file, "RETRY_S", 0.01)
    monkeypatch.setattr(alerts_file, "QUIET_S", 0.02)
    async with stores_in(tmp_path) as stores:
        await stores.alerts.save(Transaction(alerts=[alert(1)]))
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(stores.alerts.run())

            await until(lambda: b"SOS" in (tmp_path / "alerts.db").read_bytes())

            running.cancel()


async def test_only_its_owner_can_read_the_files(tmp_path: Path) -> None:
    async with stores_in(tmp_path / "data") as stores:
        await stores.alerts.save(Transaction(alerts=[alert(1)]))

        modes = {path.name: path.stat().st_mode & 0o077 for path in [tmp_path / "data", *(tmp_path / "data").iterdir()]}

        assert modes == dict.fromkeys(modes, 0)
