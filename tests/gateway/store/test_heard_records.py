"""A record that was heard is remembered for a minute, over however many restarts."""

from __future__ import annotations

from pathlib import Path

from gateway.store.heard_records import HeardRecords
from tests.gateway.store.given import StillClock, numbered, reading, sos, stores_in


async def test_what_was_heard_is_remembered_over_two_kills_in_a_minute(tmp_path: Path) -> None:
    for number in (7, 8):
        life = HeardRecords(tmp_path, StillClock())
        life.before()
        life.add("serial-hub", "C0:FF:EE:00:00:01", number)
        life.settle(next_number=1, ready_below=1)
        life.write(life.settled())

    assert {row[2] for row in HeardRecords(tmp_path, StillClock()).before()} == {7, 8}


async def test_what_was_heard_before_the_power_went_is_no_repeat_of_what_is_heard_now(tmp_path: Path) -> None:
    """A hub that lost its power too counts anew, and a machine takes the same time to boot each time."""
    life = HeardRecords(tmp_path, StillClock(boot="boot-one"))
    life.add("serial-hub", "C0:FF:EE:00:00:01", 1)
    life.settle(next_number=1, ready_below=1)
    life.write(life.settled())

    assert HeardRecords(tmp_path, StillClock(boot="boot-two")).before() == []
    (heard,) = HeardRecords(tmp_path, StillClock(boot="boot-one")).before()
    assert 0 <= StillClock().monotonic_s() - heard[3] < 60


async def test_a_record_counts_as_heard_only_once_nothing_of_it_is_in_hand(tmp_path: Path) -> None:
    """A press waits for its alert to be on the disk: should a kill take both, what the hub repeats must count."""
    async with stores_in(tmp_path) as stores:
        store = stores.readings
        store.tail.heard.add("serial-hub", "C0:FF:EE:00:00:01", 7)
        pulse, press = numbered(stores, reading()), numbered(stores, sos())
        store.add(pulse)
        await store.tail.write()
        assert HeardRecords(tmp_path, StillClock()).before() == []

        store.add(press)
        await store.tail.write()
        assert [row[2] for row in HeardRecords(tmp_path, StillClock()).before()] == [7]


async def test_while_the_disk_refuses_nothing_is_remembered_of_what_is_heard(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        stores.readings.tail.heard.add("serial-hub", "C0:FF:EE:00:00:01", 7)
        stores.readings._refusing.begin("disk full")
        await stores.readings.tail.write()
        stores.readings._recovered()
        await stores.readings.tail.write()

    assert HeardRecords(tmp_path, StillClock()).before() == []
