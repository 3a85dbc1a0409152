"""Drills: in its window the first press is a test, in every other way a press as ever; everything else is real."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from drivers.measurement import Position
from fake_devices import serial_hub_frames as frames
from fake_devices.serial_hub_frames import RecordValues
from gateway.alerts.drills import Drill
from gateway.alerts.house import House
from gateway.clock import ClockState
from gateway.commands import Command
from gateway.duty.responders import Volunteer, Volunteers
from gateway.duty.shift import read as shift
from tests.gateway.upper_half import BAND, TestClock, UpperHalf, upper_half

SHANGHAI = ZoneInfo("Asia/Shanghai")


class SetClock(TestClock):
    """Says the wall time that a test sets, and goes on from there."""

    synced: ClockState = "synced"

    def __init__(self, local: str) -> None:
        super().__init__()
        self.set(local)

    def set(self, local: str) -> None:
        at = datetime.fromisoformat(local).replace(tzinfo=SHANGHAI)
        self._offset_s = at.timestamp() - self.now_s

    def wall_ms(self) -> int:  # type: ignore[explicit-override]  # from 3.12 on
        return round((self.now_s + self._offset_s) * 1000)

    def state(self) -> ClockState:  # type: ignore[explicit-override]  # from 3.12 on
        return self.synced


def a_drill(day: int = 1, begins: str = "10:00", ends: str = "10:30", wearer: str = "W-001") -> Drill:
    return Drill(wearer=wearer, day=day, begins=time.fromisoformat(begins), ends=time.fromisoformat(ends))


@asynccontextmanager
async def at_home(folder: Path, clock: TestClock, *drills: Drill, **others: Any) -> AsyncIterator[UpperHalf]:
    house = House(drills=lambda: drills or (a_drill(),), zone=lambda: SHANGHAI, **others)
    async with upper_half(folder, clock, house=house) as half:
        yield half


async def press(half: UpperHalf, number: int) -> None:
    half.clock.now_s += 1
    await half.streams(frames.record(BAND, number, RecordValues(sos=True)))


async def received(half: UpperHalf) -> list[Any]:
    """What is told, and the platform has received it."""
    told = half.told()
    for one in told:
        await half.deliveries.receipt(f"{one.id}#{one.seq}", "ok", "")
    return told


async def test_the_first_press_of_the_window_is_a_test_and_any_further_one_is_real(tmp_path: Path) -> None:
    async with at_home(tmp_path, SetClock("2026-12-01 10:05")) as half:
        await press(half, 1)
        await press(half, 2)
        await press(half, 3)

        told = await received(half)
        assert [(one.event, one.test, one.id[-2:]) for one in told] == [
            ("raised", True, "A1"),
            ("raised", False, "A2"),
            ("updated", False, "A2"),
        ]


async def test_a_drill_is_received_and_shown_but_is_on_no_ladder_and_closes_itself(tmp_path: Path) -> None:
    async with at_home(tmp_path, SetClock("2026-12-01 10:05")) as half:
        await press(half, 1)
        await received(half)
        assert half.desk.wearer_notices.get_nowait().signal == "received"
        assert half.desk.second_paths == []

        half.clock.now_s += 59
        await half.desk.tick()
        assert half.told() == []
        half.clock.now_s += 2
        await half.desk.tick()

        (told,) = half.told()
        assert (told.event, told.outcome, told.actor, told.level, told.test) == ("resolved", "drill", None, 0, True)
        assert half.desk.open_alerts == []


async def test_a_drill_that_nobody_receives_ends_after_ten_minutes(tmp_path: Path) -> None:
    async with at_home(tmp_path, SetClock("2026-12-01 10:05")) as half:
        await press(half, 1)

        assert half.desk.next_step_s() == pytest.approx(600)


async def test_a_restart_gives_no_second_drill_in_the_window_and_the_next_month_does(tmp_path: Path) -> None:
    clock = SetClock("2026-12-01 10:05")
    async with at_home(tmp_path, clock) as half:
        await press(half, 1)
        await received(half)

    async with at_home(tmp_path, clock) as half:
        await press(half, 2)
        assert [one.test for one in await received(half)] == [False]
        await half.desk.tick()

    clock.set("2027-01-01 10:29")
    async with at_home(tmp_path, clock) as half:
        real = Command(id="c-1", verb="resolve", args={"alert": f"xishan-01/{half.stores.epoch}/A2"}, actor="nurse-3")
        assert (await half.router.answer(real)).status == "done"
        await received(half)
        await press(half, 3)
        assert [one.test for one in await received(half)] == [True]


async def test_while_a_real_call_is_open_no_press_is_a_test(tmp_path: Path) -> None:
    clock = SetClock("2026-12-01 09:59")
    async with at_home(tmp_path, clock) as half:
        await press(half, 1)
        clock.set("2026-12-01 10:01")
        await press(half, 2)

        assert {one.test for one in await received(half)} == {False}


async def test_a_fall_in_the_window_is_real_and_uses_it_not_up(tmp_path: Path) -> None:
    async with at_home(tmp_path, SetClock("2026-12-01 10:05")) as half:
        await half.streams(frames.record(BAND, 1, RecordValues(fall=True)))
        await press(half, 2)

        assert [(one.kind, one.test) for one in await received(half)] == [("fall", False), ("sos", True)]


async def test_while_nobody_knows_the_time_every_press_is_real(tmp_path: Path) -> None:
    clock = SetClock("2026-12-01 10:05")
    clock.synced = "unsynced"
    async with at_home(tmp_path, clock) as half:
        await press(half, 1)

        assert [one.test for one in await received(half)] == [False]


@pytest.mark.parametrize(
    ("drill", "local", "opened"),
    [
        (a_drill(1), "2026-12-01 09:59", ""),
        (a_drill(1), "2026-12-01 10:00", "2026-12-01T10:00"),
        (a_drill(1), "2026-12-01 10:29", "2026-12-01T10:00"),
        (a_drill(1), "2026-12-01 10:30", ""),
        (a_drill(1), "2026-12-02 10:05", ""),
        (a_drill(31), "2026-11-30 10:05", "2026-11-30T10:00"),  # of a shorter month its last
        (a_drill(30), "2026-11-30 10:05", "2026-11-30T10:00"),
        (a_drill(31), "2027-02-28 10:05", "2027-02-28T10:00"),
        (a_drill(31), "2028-02-28 10:05", ""),
        (a_drill(31), "2028-02-29 10:05", "2028-02-29T10:00"),
        (a_drill(30), "2026-12-31 10:05", ""),
        (a_drill(31, "23:50", "00:10"), "2027-01-01 00:05", "2026-12-31T23:50"),
        (a_drill(1, "23:50", "00:10"), "2026-12-01 00:05", ""),
    ],
)
def test_when_the_window_is_open(drill: Drill, local: str, opened: str) -> None:
    assert drill.opened(datetime.fromisoformat(local).replace(tzinfo=SHANGHAI)) == opened


# --- who is near --------------------------------------------------------------------------------------------------------

HOME, CENTER = Position(30.53, 120.68), Position(30.60, 120.68)
NEIGHBOURS = Volunteers(
    (
        Volunteer("V-1", "13800000001", 30.5300, 120.6900),
        Volunteer("V-2", "13800000002", 30.5310, 120.6800),
        Volunteer("V-3", "13800000003", 30.6000, 120.6800),
        Volunteer("V-4", "13800000004", 30.5400, 120.6800),
        Volunteer("V-5", "13800000005", 30.5300, 120.6800, shift("", "20:00-08:00")),
    )
)


@pytest.mark.parametrize(
    ("local", "homes", "center", "names"),
    [
        pytest.param("2026-12-02 10:05", {"W-001": HOME}, CENTER, ["V-2", "V-1", "V-4"], id="from the room, three at most"),
        pytest.param("2026-12-02 22:05", {"W-001": HOME}, CENTER, ["V-5", "V-2", "V-1"], id="who is on duty now"),
        pytest.param("2026-12-02 10:05", {}, CENTER, ["V-3", "V-4", "V-2"], id="from the center where no room is known"),
        pytest.param("2026-12-02 10:05", {}, None, [], id="nobody where no place is known"),
    ],
)
async def test_an_alert_names_the_volunteers_on_duty_who_are_nearest(
    tmp_path: Path, local: str, homes: dict[str, Position], center: Position | None, names: list[str]
) -> None:
    near = {"home": lambda wearer: homes.get(wearer, center), "responders": lambda: NEIGHBOURS}
    async with at_home(tmp_path, SetClock(local), **near) as half:
        await press(half, 1)

        (alert,) = half.desk.open_alerts
        assert [one.name for one in alert.responders] == names
        assert [one.distance_m for one in alert.responders] == sorted(one.distance_m for one in alert.responders)


async def test_where_the_band_knows_its_place_they_are_near_to_that(tmp_path: Path) -> None:
    near = {"home": lambda _wearer: HOME, "responders": lambda: NEIGHBOURS}
    async with at_home(tmp_path, SetClock("2026-12-02 10:05"), **near) as half:
        values = RecordValues(position=(30.6001, 120.68, 10, 0))
        await half.streams(frames.record(BAND, 1, values))
        await press(half, 2)

        (alert,) = half.desk.open_alerts
        assert alert.responders[0].name == "V-3"


# --- a drill that somebody opens ----------------------------------------------------------------------------------------


NEVER = a_drill(day=31, wearer="W-009")  # no window of the configuration is in the way


async def test_of_a_drill_that_was_opened_one_press_is_a_test_and_the_next_is_real(tmp_path: Path) -> None:
    async with at_home(tmp_path, SetClock("2026-12-01 15:00"), NEVER) as half:
        assert half.desk.open_drill("W-001", 15) == ""
        assert [one.wearer for one in half.desk.opened_drills] == ["W-001"]

        await press(half, 1)
        assert half.desk.opened_drills == ()
        await press(half, 2)

        assert [(one.event, one.test) for one in await received(half)] == [("raised", True), ("raised", False)]


@pytest.mark.parametrize(
    ("after_s", "is_a_test"), [(15 * 60 - 2, True), (15 * 60, False)], ids=["just within", "when its time is over"]
)
async def test_a_drill_that_was_opened_is_over_in_time(tmp_path: Path, after_s: float, is_a_test: bool) -> None:
    clock = SetClock("2026-12-01 15:00")
    async with at_home(tmp_path, clock, NEVER) as half:
        half.desk.open_drill("W-001", 15)
        clock.now_s += after_s
        await press(half, 1)

        assert [one.test for one in await received(half)] == [is_a_test]


async def test_a_clock_that_is_set_back_makes_no_drill_longer(tmp_path: Path) -> None:
    clock = SetClock("2026-12-01 15:00")
    async with at_home(tmp_path, clock, NEVER) as half:
        half.desk.open_drill("W-001", 15)
        clock.now_s += 16 * 60
        clock.set("2026-12-01 15:05")
        await press(half, 1)

        assert [one.test for one in await received(half)] == [False]


@pytest.mark.parametrize("how", ["ended by hand", "another wearer", "a restart", "a clock that is not set"])
async def test_every_doubt_makes_a_press_real(tmp_path: Path, how: str) -> None:
    clock = SetClock("2026-12-01 15:00")
    async with at_home(tmp_path, clock, NEVER) as half:
        half.desk.open_drill("W-002" if how == "another wearer" else "W-001", 15)
        if how == "ended by hand":
            assert half.desk.open_drill("W-001", 0) == ""
        if how == "a clock that is not set":
            clock.synced = "unsynced"
        if how != "a restart":
            await press(half, 1)
            assert [one.test for one in await received(half)] == [False]
            return
    async with at_home(tmp_path, clock, NEVER) as half:
        await press(half, 1)
        assert [one.test for one in await received(half)] == [False]


async def test_no_drill_is_opened_for_nobody_nor_by_a_clock_that_is_not_set(tmp_path: Path) -> None:
    clock = SetClock("2026-12-01 15:00")
    async with at_home(tmp_path, clock, NEVER, knows=lambda wearer: wearer == "W-001") as half:
        assert half.desk.open_drill("W-404", 15) == "unknown wearer"
        clock.synced = "unsynced"
        assert half.desk.open_drill("W-001", 15) == "clock is unsynced"
        assert half.desk.opened_drills == ()


async def test_two_drills_in_one_minute_are_two(tmp_path: Path) -> None:
    async with at_home(tmp_path, SetClock("2026-12-01 15:00"), NEVER) as half:
        tests = []
        for number in (1, 2):
            half.desk.open_drill("W-001", 15)
            await press(half, number)
            tests += [one.test for one in await received(half)]
            half.clock.now_s += 20
            for one in half.desk.open_alerts:
                done = Command(
                    id=f"c-{number}", verb="resolve", args={"alert": f"xishan-01/{one.epoch}/A{one.number}"}, actor="n"
                )
                assert (await half.router.answer(done)).status == "done"
            await received(half)

        assert tests == [True, True]
