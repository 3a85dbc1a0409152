"""A receiver that keeps what it is handed, in order, and can be slow; the tests of the sources look into it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine

from drivers.driver import Advertisement, Decoded, Item, SerialDriver
from fake_devices.patience import HANGS_S
from gateway.sources.serial_port import SerialPort


class Recorder:
    """`until` waits for what a test expects; while `open` is not set, there is no room for more.

    While `disk` is not set, nothing is stored.
    """

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.advertisements: list[Advertisement] = []
        self.reports: list[tuple[str, str, Decoded]] = []
        self.clocks_ahead: list[tuple[str, float]] = []
        self.asked_whether_stored = 0
        self.handed_over = 0
        self.open = asyncio.Event()
        self.open.set()
        self.disk = asyncio.Event()
        self.disk.set()
        self._came = asyncio.Event()

    def on_advertisement(self, advertisement: Advertisement) -> None:
        self.advertisements.append(advertisement)
        self._took()

    def on_report(self, address: str, driver: str, decoded: Decoded) -> None:
        self.reports.append((address, driver, decoded))
        self._took()

    def on_clock_ahead(self, address: str, seconds: float) -> None:
        self.clocks_ahead.append((address, seconds))
        self._took()

    def on_serial_items(self, port: str, driver: SerialDriver, items: list[Item]) -> None:
        self.items.extend(items)
        self._took()

    async def room(self) -> None:
        await self.open.wait()

    async def stored(self, *, calls_only: bool = False) -> None:
        self.asked_whether_stored += 1
        await self.disk.wait()

    async def until(self, true: Callable[[], object], within_s: float = HANGS_S) -> None:
        """Waits until this is true, looking whenever something came."""
        async with asyncio.timeout(within_s):
            while not true():
                self._came.clear()
                await self._came.wait()

    def _took(self) -> None:
        self.handed_over += 1
        self._came.set()


@contextlib.asynccontextmanager
async def running(*jobs: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Runs jobs that never end while the test goes on."""
    async with asyncio.TaskGroup() as tasks:
        started = [tasks.create_task(job) for job in jobs]
        try:
            yield
        finally:
            for task in started:
                task.cancel()


async def eventually(true: Callable[[], object], within_s: float = HANGS_S) -> None:
    """Waits until this is true of the world outside, which tells nobody when it changes."""
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def is_open(port: SerialPort) -> None:
    await eventually(lambda: port.state == "open")
