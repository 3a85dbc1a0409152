"""The page as it is served over a real socket, of a snapshot that a test gives; and a day behind it, for the charts."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from fake_devices.free_port import free_port
from gateway.changes import Changes
from gateway.clock import SystemClock
from gateway.errors import LiferingError
from gateway.language import Language
from gateway.page.day import Day
from gateway.page.live import Live
from gateway.page.routes import SLOW_S, Page
from gateway.snapshot import BandState, Snapshot
from gateway.web.listening import WebServer
from tests.browser import HttpClient

PIN = "482915"
STEP_S = 240


class Served:
    """`client` speaks with it; `changes` tells it of a change. `deeds`: what was asked for, `answer` or `declines`: what comes
    of it."""

    def __init__(self, folder: Path, snapshot: Callable[[], Snapshot], language: Language, slow_s: float) -> None:
        self.deeds: list[Mapping[str, object]] = []
        self.answer: Mapping[str, object] = {}
        self.declines: LiferingError | None = None
        pin = folder / "page-pin"
        pin.touch(0o600)
        pin.write_text(f"{PIN}\n")
        self.client, self.changes = HttpClient(free_port()), Changes()
        self.live = Live(snapshot, self.changes, _no_past)
        self.page = Page(
            self.live, SystemClock(), lambda: language, pin, {"enrol": self._done, "drill": self._done}, slow_s=slow_s
        )
        self.server = WebServer("page", ("127.0.0.1", self.client.port), self.page.application())
        self.page.keep_open = self.server.keep_open

    async def _done(self, args: Mapping[str, object], _actor: str) -> Mapping[str, object]:
        self.deeds.append(args)
        if self.declines:
            raise self.declines
        return self.answer

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.client.port}/"


@asynccontextmanager
async def served(
    folder: Path, snapshot: Callable[[], Snapshot], language: Language = "en", *, slow_s: float = SLOW_S
) -> AsyncIterator[Served]:
    """Runs as long as the block."""
    it = Served(folder, snapshot, language, slow_s)
    async with asyncio.TaskGroup() as tasks:
        jobs = [tasks.create_task(it.live.run()), tasks.create_task(it.server.run())]
        await it.client.listens()
        yield it
        for job in jobs:
            job.cancel()


async def _no_past(_day: Day) -> None:
    """There is no store behind it."""


def a_day_before(live: Live, snapshot: Snapshot) -> None:
    """The page has seen the last 24 hours."""
    live.day = Day()
    for ago_s in range(86_400, 0, -STEP_S):
        live.day.take(replace(snapshot, bands=tuple(_then(band, snapshot.at_ms, ago_s) for band in snapshot.bands[:3])))


def _then(band: BandState, now_ms: int, ago_s: int) -> BandState:
    at_ms = now_ms - 1000 * ago_s
    rate = round(68 + 9 * math.sin(ago_s / 13_000) + 5 * math.sin(ago_s / 1_700) + (22 if 18_000 < ago_s < 19_500 else 0))
    last = tuple(replace(one, at_ms=at_ms, value=rate) for one in band.last if one.kind == "heart_rate")
    return replace(band, last=last)
