"""A million readings wait for a broker that was away: what they take of the memory, and how they leave, with everything on."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import usage
from tests.benchmarks.bed import Bed, Effort, apart
from tests.benchmarks.everything import PER_S, everything, flowing
from tests.benchmarks.figures import Figure, Found, Series, over_rounds, percentile
from tests.benchmarks.latency import SEED, presses, sos
from tests.benchmarks.pending import pending
from tests.benchmarks.progress import says
from tests.benchmarks.targets import DRAINING
from tests.benchmarks.watching import Came

LIFTED = {"backlog_messages_per_s": 1000}
CONNECTS_S = 150  # a machine that has only just got power waits up to a minute besides
DRAINED_S = 120
BURST_S = 2.0  # at first the limit lets a second's worth go at once
BIN_S = 0.25
PAUSE_S = (0.02, 0.12)  # a drain is short


class Course:
    """What came to the broker, apart: history, received before the broker came back, and what was received since."""

    def __init__(self, came: Sequence[Came], begun: datetime) -> None:
        since = begun.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._ahead_s = time.time() - time.monotonic()
        self.backlog = [one for one in came if one.oldest < since]
        self.live = [one for one in came if one.oldest >= since]
        self.count = sum(one.readings for one in self.backlog)

    def per_s(self) -> float:
        """History, from the first message of it to the last."""
        return self.count / (self.backlog[-1].at_s - self.backlog[0].at_s)

    def ages(self) -> list[float]:
        """Of each message of live readings meanwhile: how long ago its oldest reading was received."""
        return [self._age_s(one) for one in self.live if self.backlog[0].at_s <= one.at_s <= self.backlog[-1].at_s]

    def _age_s(self, one: Came) -> float:
        return one.at_s + self._ahead_s - datetime.fromisoformat(one.oldest).timestamp()

    def binned(self) -> list[tuple[float, float, float]]:
        """In each quarter of a second: its begin since the first reading; history a second; the age of live data."""
        first_s, last_s = self.backlog[0].at_s, self.backlog[-1].at_s
        rows, age = list[tuple[float, float, float]](), next(iter(self.ages()), 0.0)  # until one has come: of the first
        for number in range(int((last_s - first_s) / BIN_S) + 1):
            low, high = first_s + number * BIN_S, first_s + (number + 1) * BIN_S
            count = sum(one.readings for one in self.backlog if low <= one.at_s < high)
            age = max((self._age_s(one) for one in self.live if low <= one.at_s < high), default=age)
            rows.append((round(number * BIN_S, 2), round(count / BIN_S), round(age, 3)))
        return rows


class Drained(NamedTuple):
    """Of one drain with the limit lifted: memory with all pending and at its peak, MB; the rest as the names say."""

    waiting_mb: float
    peak_mb: float
    cpu_us: float
    lags_ms: list[float]
    pressed_ms: list[float]
    course: Course


async def drain(effort: Effort) -> Found:
    """With the limit on history lifted, until all has left, presses meanwhile; and a part of it with the limit as it is."""
    rounds = [await _lifted(effort) for _ in range(effort.rounds)]
    last = rounds[-1].course
    note = f"{effort.pending:,} readings in each round, {PER_S} live readings/s beside them"
    ages = [age for one in rounds for age in one.course.ages()]
    lags = [late for one in rounds for late in one.lags_ms]
    return [
        over_rounds("RSS, 1,000,000 readings pending", [one.waiting_mb for one in rounds], "MB", "the broker away, at rest"),
        over_rounds("RSS, peak while they drain", [one.peak_mb for one in rounds], "MB", note),
        over_rounds("drained, limit lifted", [one.course.per_s() for one in rounds], "/s", note),
        over_rounds("CPU per reading that drains", [one.cpu_us for one in rounds], "us", note),
        *([Figure("age of live data while it drains, worst", max(ages), "s", note)] if ages else []),
        Figure("event-loop lag while it drains, p99", percentile(lags, 99), "ms", f"{len(lags):,} looks, one each 10 ms"),
        Figure("event-loop lag while it drains, worst", max(lags), "ms"),
        *sos(DRAINING, [took for one in rounds for took in one.pressed_ms]),
        Series("drain", ("s", "readings_per_s", "age_s"), last.binned()),
        *await _as_it_is(effort),
    ]


async def _lifted(effort: Effort) -> Drained:
    stored, pressed_ms = await pending(effort.pending), list[float]()
    with tempfile.TemporaryDirectory(prefix="lifering-bench-") as folder:
        lags = Path(folder) / "lags"
        says(f"{effort.pending:,} readings pending, the broker away")
        watched = ("tests.benchmarks.lagging", str(lags))
        async with (
            apart() as core,
            everything(effort, mqtt=LIFTED, stored=stored, broker_away=True, program=watched) as (place, _),
            flowing(place, PER_S),
        ):
            pid = place.daemon.pid
            usage.pin(pid, core)
            waiting_mb = usage.rss_mb(pid)
            usage.forget_peak(pid)
            cpu, before = usage.cpu_s(pid), len(lags.read_text().split())
            begun = datetime.now(UTC)
            await _begins(place)
            over = asyncio.Event()
            pressing = asyncio.create_task(_press(place, effort.presses, pressed_ms, over))
            await _until_left(place, effort.pending, begun)
            over.set()
            cpu, late = usage.cpu_s(pid) - cpu, [float(one) for one in lags.read_text().split()[before:]]
            peak_mb = usage.peak_rss_mb(pid)
            await pressing
    course = Course(place.watching.readings, begun)
    return Drained(waiting_mb, peak_mb, 1e6 * cpu / effort.pending, late, pressed_ms, course)


async def _as_it_is(effort: Effort) -> Found:
    stored = await pending(effort.pending)
    async with everything(effort, stored=stored, broker_away=True) as (place, _), flowing(place, PER_S):
        begun = datetime.now(UTC)
        await _begins(place)
        says(f"the default limit, {effort.default_s:.0f} s")
        await asyncio.sleep(BURST_S)
        from_s = time.monotonic()
        await asyncio.sleep(effort.default_s)
        course = Course([one for one in place.watching.readings if one.at_s >= from_s], begun)
    note = f"over {effort.default_s:.0f} s"
    count = sum(one.readings for one in course.backlog)
    return [
        Figure("messages of the backlog, the default limit", len(course.backlog) / effort.default_s, "/s", note),
        Figure("drained, the default limit", count / effort.default_s, "/s", note),
        Figure("age of live data, the default limit, worst", max(course.ages(), default=0), "s", note),
    ]


async def _begins(place: Bed) -> None:
    """The broker is there again, and the first reading has come."""
    before = place.watching.count
    place.broker.start()
    await place.watching.until(lambda: place.watching.count > before, CONNECTS_S)


async def _until_left(place: Bed, count: int, begun: datetime) -> None:
    """All of the history is with the broker."""
    async with asyncio.timeout(DRAINED_S):
        while (left := count - Course(place.watching.readings, begun).count) > 0:
            says(f"{left:,} of {count:,} readings still to drain")
            await asyncio.sleep(BIN_S)


async def _press(place: Bed, count: int, milliseconds: list[float], over: asyncio.Event) -> None:
    """As long as it drains; the last one that was pressed meanwhile is waited for."""
    async for took in presses(place, random.Random(SEED), count, PAUSE_S):
        milliseconds.append(took)
        if over.is_set():
            return
