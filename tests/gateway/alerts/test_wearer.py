"""The wearer is told until the band has shown it, or nothing can come of trying again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from drivers.driver import Outcome, Signal
from fake_devices import serial_hub_frames as frames
from fake_devices.patience import HANGS_S
from fake_devices.serial_hub_frames import RecordValues
from gateway.alerts.wearer import tell_wearers
from gateway.changes import Changes
from gateway.commands import Command
from tests.gateway.upper_half import BAND, TestClock, UpperHalf, upper_half


class Band:
    """Gives these outcomes one after another, and the last for ever."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.times = Changes()
        self.asked: list[tuple[str, Signal]] = []
        self._outcomes = list(outcomes)

    async def signal(self, address: str, signal: Signal) -> Outcome:
        self.asked.append((address, signal))
        self.times.happened()
        return self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0]


@asynccontextmanager
async def telling(folder: Path, band: Band) -> AsyncIterator[UpperHalf]:
    async with upper_half(folder, TestClock()) as half, asyncio.TaskGroup() as tasks:
        running = tasks.create_task(tell_wearers(half.desk, band.signal, again_s=0))
        yield half
        running.cancel()


async def calls_and_is_answered(half: UpperHalf, verb: str) -> None:
    await half.streams(frames.record(BAND, 1, RecordValues(sos=True)))
    await asks(half, verb)


async def asks(half: UpperHalf, verb: str) -> None:
    (alert,) = half.desk.open_alerts
    name = f"xishan-01/{alert.epoch}/A{alert.number}"
    await half.router.answer(Command(id=verb, verb=verb, args={"alert": name}, actor="Li"))


async def band_says(half: UpperHalf, signal: str, *results: str) -> None:
    """Returns when the alert says that this came of it."""
    async with asyncio.timeout(HANGS_S):
        while not any(alert.band.get(signal) in results for alert in half.desk.open_alerts):
            await half.desk.changes.wait_beyond(half.desk.changes.number)


async def test_a_band_out_of_reach_is_tried_until_it_has_shown_it(tmp_path: Path) -> None:
    band = Band(Outcome("unreachable"), Outcome("busy"), Outcome("failed"), Outcome("done"))
    async with telling(tmp_path, band) as half:
        await calls_and_is_answered(half, "dispatch")

        await band_says(half, "help_on_the_way", "shown")

        assert band.asked == [(BAND, "help_on_the_way")] * 4


@pytest.mark.parametrize("result", ["sent", "unsupported"])
async def test_where_nothing_more_can_come_of_it_the_band_is_asked_once(tmp_path: Path, result: str) -> None:
    band = Band(Outcome(result))  # type: ignore[arg-type]
    async with telling(tmp_path, band) as half:
        await calls_and_is_answered(half, "acknowledge")
        await band_says(half, "received", result)

        await asks(half, "dispatch")
        await band_says(half, "help_on_the_way", result)

        assert [signal for _, signal in band.asked] == ["received", "help_on_the_way"]


async def test_when_help_is_on_the_way_nobody_is_told_any_more_that_the_call_was_received(tmp_path: Path) -> None:
    band = Band(Outcome("unreachable"))
    async with telling(tmp_path, band) as half:
        await calls_and_is_answered(half, "acknowledge")
        await band_says(half, "received", "unreachable")
        await asks(half, "dispatch")
        await band_says(half, "help_on_the_way", "unreachable")

        before = len(band.asked)
        await band.times.wait_beyond(band.times.number + 4)

        assert {signal for _, signal in band.asked[before:]} == {"help_on_the_way"}
