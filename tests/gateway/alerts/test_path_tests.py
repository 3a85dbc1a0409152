"""Tests of the ways to people: every day and on a command; what does not work is told until it works again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from fake_devices.patience import HANGS_S
from gateway.alerts import path_tests, trials
from gateway.alerts.path_tests import PathTests
from gateway.changes import Changes
from tests.gateway.upper_half import SHANGHAI, TestClock, UpperHalf, upper_half

NINE = datetime(2026, 11, 30, 9, 0, tzinfo=SHANGHAI)


class Sms:
    """A second path that answers so."""

    def __init__(self, answer: str = "") -> None:
        self.answer, self.asked = answer, list[bool]()
        self.delivered = True

    async def test(self, *, daily: bool, say: Callable[[str], None]) -> str:
        self.asked.append(daily)
        say("sms sent")
        if not self.delivered:
            await asyncio.Event().wait()
        return self.answer


class Stage:
    def __init__(self, half: UpperHalf) -> None:
        self.half, self.sms, self.now, self.at = half, Sms(), NINE, time(9)
        self.said: list[str] = []
        self.tests = PathTests(
            half.desk, half.clock, at=lambda: self.at, local=lambda: self.now, paths=lambda: {"sms": self.sms}
        )

    async def platform(self, *, receives: bool = True) -> None:
        """Takes what is told, for ever."""
        changes: Changes = self.half.desk.changes
        while True:
            seen = changes.number
            for event, _ in self.half.due():
                await self.half.deliveries.sent(event.seq, self.half.clock.now_s)
                if receives:
                    name = f"xishan-01/{event.alert.epoch}/A{event.alert.number}"
                    await self.half.deliveries.receipt(f"{name}#{event.seq}", "ok", "")
            await self.half.desk.tick()
            await changes.wait_beyond(seen)

    async def daily(self, *, receives: bool = True) -> list[tuple[str, str, str, bool]]:
        """The alerts that come of it."""
        before = self.half.stores.alerts.next_alert()
        async with asyncio.TaskGroup() as tasks:
            platform = tasks.create_task(self.platform(receives=receives))
            await self.tests.daily()
            await asyncio.sleep(0.01)
            platform.cancel()
        alerts = [await self.half.stores.alerts.alert(number) for number in range(1, before + 9)]
        return [(one.detail, one.device, one.condition, one.test) for one in alerts if one and one.number > before]


@pytest.fixture
async def on_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with upper_half(tmp_path, TestClock()) as half:
        yield Stage(half)


async def test_the_daily_test_goes_by_both_ways_and_ends_by_itself(on_stage: Stage) -> None:
    assert await on_stage.daily() == [("self_test", "", "cleared", True)]
    assert on_stage.sms.asked == [True]


async def test_what_does_not_answer_is_told_and_cleared_by_the_next_good_one(
    on_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "PATHS_S", 0.05)
    on_stage.sms.answer = "no registration"

    first = await on_stage.daily(receives=False)
    assert ("self_test_failed", "mqtt", "active", False) in first
    assert ("self_test_failed", "sms", "active", False) in first
    monkeypatch.setattr(trials, "PATHS_S", 120)
    on_stage.sms.answer = ""
    await on_stage.daily()

    assert [alert for alert in on_stage.half.desk.open_alerts if alert.detail == "self_test_failed"] == []


async def test_a_test_that_nobody_receives_ends_by_itself_after_two_minutes(on_stage: Stage) -> None:
    assert await on_stage.tests.test("mqtt", 0.3, on_stage.said.append) == path_tests.NO_RECEIPT
    assert [alert.open for alert in on_stage.half.desk.open_alerts] == [True]

    on_stage.half.clock.now_s += 120
    await on_stage.half.desk.tick()

    assert on_stage.half.desk.open_alerts == []
    assert [one.event for one in on_stage.half.told()] == ["raised", "cleared"]


async def test_each_step_of_a_test_is_told(on_stage: Stage) -> None:
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(HANGS_S):
        platform = tasks.create_task(on_stage.platform())
        assert await on_stage.tests.test("mqtt", 5, on_stage.said.append) == ""
        platform.cancel()

    assert on_stage.said in (["raised", "sent", "received"], ["raised", "received"])
    assert await on_stage.tests.test("sms", 5, on_stage.said.append) == ""
    assert on_stage.sms.asked == [False]
    assert await on_stage.tests.test("pigeon", 5, on_stage.said.append) == path_tests.NO_PATH


def due(stage: Stage, before: timedelta, now: timedelta) -> bool:
    return stage.tests.is_due(NINE + before, NINE + now)


async def test_it_comes_once_a_day_at_its_local_time(on_stage: Stage) -> None:
    second, minute, day = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)

    assert not due(on_stage, -minute, -second)
    assert due(on_stage, -second, timedelta(0))
    assert not due(on_stage, timedelta(0), minute)
    await on_stage.daily()
    assert not due(on_stage, -second, second)  # the clock was set back
    assert due(on_stage, day - second, day)


async def test_a_restart_repeats_no_test_and_misses_none(on_stage: Stage) -> None:
    again = Stage(on_stage.half)
    await on_stage.daily()
    again.tests.load(await on_stage.half.stores.alerts.memories())

    assert not due(again, -timedelta(minutes=10), timedelta(minutes=1))
    assert due(again, timedelta(days=1, minutes=-9), timedelta(days=1, minutes=1))


async def test_one_that_a_kill_broke_off_is_made_again_and_judged(on_stage: Stage) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            await on_stage.tests.daily()  # nobody receives it
    again = Stage(on_stage.half)
    again.tests.load(await on_stage.half.stores.alerts.memories())

    assert due(again, -timedelta(minutes=10), timedelta(minutes=1))
    assert due(again, timedelta(minutes=1), timedelta(minutes=2))
    await again.daily()
    assert not due(again, timedelta(minutes=1), timedelta(minutes=2))
    third = Stage(on_stage.half)
    third.tests.load(await on_stage.half.stores.alerts.memories())
    assert not due(third, -timedelta(minutes=10), timedelta(minutes=1))


async def test_a_test_of_which_only_the_delivery_is_not_known_in_time_is_good(on_stage: Stage) -> None:
    on_stage.sms.delivered = False

    assert await on_stage.tests.test("sms", 0.05, on_stage.said.append) == ""
    assert on_stage.said == ["sms sent"]


async def test_without_a_time_there_is_none(on_stage: Stage) -> None:
    on_stage.at = None  # type: ignore[assignment]

    assert not due(on_stage, -timedelta(hours=1), timedelta(hours=1))
