"""One Bluetooth adapter, kept scanning for ever: hands over what it hears.

It scans anew as soon as BlueZ tells that the scan is over or the adapter is back, and also when it hears nobody: a scan may go
deaf without a word. Where that does not help it goes up the adapter's recovery ladder (`adapter_recovery.py`).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from functools import partial
from math import inf

import structlog

from gateway.backoff import pause_s
from gateway.clock import Clock
from gateway.errors import SourceLost
from gateway.failures import told
from gateway.sources.ble.adapter_ladder import AdapterLadder
from gateway.sources.ble.adapter_recovery import DEAF, SILENT
from gateway.sources.ble.adapters import Adapters, PluggedAdapter
from gateway.sources.ble.advertisement_queue import AdvertisementQueue
from gateway.sources.ble.bluez import Heard, Radio
from gateway.sources.receiver import Receiver

log = structlog.get_logger()
chance = random.SystemRandom().random

SILENCE_S = 30  # repeats may be told once in 10 s only, so a deaf scan shows after three of those
LONGEST_PAUSE_S = 15
# The kernel ends what it scans for a bluetoothd that was killed within 10.24 s (DISCOV_LE_TIMEOUT of its net/bluetooth/mgmt.c),
# tells nobody of it, and refuses other scans until then: pauses that double would add as much again.
BUSY_PAUSE_S = 1.0
LOOKS_S = 5.0  # at one that cannot be used: of a switch of the kernel nobody tells, and one that is off is switched on


class BleScanner:
    """`run()` it in a task of its own: it is the only one that starts or stops a scan on this adapter.

    `adapter`: what `adapters` call it. `enrolled(address)` says whether this is one of our bands; `sighted` is told at once
    when one of them is heard, `linked` when one is connected as a scan begins. `tried` is set once a scan was tried.
    `repeats`: the adapter tells those too. `deaf_s`: how long nothing could be heard through it, in all gaps that are over.
    `state`: "starting", "scanning", "silent" (a fresh scan hears nobody either), "deaf" (another adapter hears somebody, and no
    step of the `ladder` helped), or why it cannot: "absent", "powered off", "no permission", "busy", "no bluetoothd" ...
    """

    def __init__(
        self,
        adapter: str,
        adapters: Adapters,
        receiver: Receiver,
        radio: Radio,
        clock: Clock,
        *,
        enrolled: Callable[[str], bool],
        sighted: Callable[[Heard], None],
        linked: Callable[[Heard], None],
        ladder: AdapterLadder | None = None,
        silence_s: float = SILENCE_S,
        longest_pause_s: float = LONGEST_PAUSE_S,
        busy_pause_s: float = BUSY_PAUSE_S,
    ) -> None:
        self.adapter = adapter
        self.state = "starting"
        self.repeats = False
        self.deaf_s = 0.0
        self.refused_frames = 0  # what bluetoothd tells was heard by a radio
        self.tried = asyncio.Event()
        self.queue = AdvertisementQueue()
        self.heard_s: dict[str, float] = {}  # each enrolled band, by the monotonic clock
        self._adapters = adapters
        self._receiver = receiver
        self._radio = radio
        self._clock = clock
        self._enrolled = enrolled
        self._sighted = sighted
        self._linked = linked
        self._ladder = ladder or AdapterLadder(adapter)
        self._silence_s = silence_s
        self._longest_pause_s = longest_pause_s
        self._busy_pause_s = busy_pause_s
        self._failures = 0
        self._heard_s = -inf  # anybody
        self._deaf_since_s = clock.monotonic_s()

    @property
    def dropped_frames(self) -> int:
        """How many of enrolled bands there was no room for."""
        return self.queue.dropped

    def hears_since(self, since_s: float) -> bool:
        """Whether it heard anybody since then (monotonic)."""
        return self._heard_s >= since_s

    async def run(self) -> None:
        """Scans until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(told(self._scan), name=f"scan {self.adapter}")
            tasks.create_task(told(partial(self.queue.hand_over, self._receiver)), name=f"hand over {self.adapter}")

    async def _scan(self) -> None:
        while True:
            seen = self._adapters.changes.number
            wait_s = await self._scan_once()
            adapter = self._adapters.plugged(self.adapter)
            helped = adapter is not None and await self._ladder.climb(adapter.name, self._clock.monotonic_s())
            if wait_s and not helped:
                await self._adapters.changes.wait_beyond_or(seen, wait_s)

    async def _scan_once(self) -> float:
        """Until the scan is over; how long to wait before the next one, where nothing changes."""
        life = self._adapters.life
        try:
            adapter = self._found()
        except SourceLost as why:
            self._ladder.becomes(str(why), self._clock.monotonic_s())
            self._failures = 0
            return LOOKS_S
        try:
            scan = self._radio.scanning(adapter.name, self._hear, linked=self._linked, repeats=adapter.monitors)
            async with scan as self.repeats:
                self._failures = 0
                await self._until_over(adapter.name, life)
        except SourceLost as why:
            self._become(str(why), repr(why.__cause__))
            self._ladder.becomes(str(why), self._clock.monotonic_s())
            self._failures += 1
            longest_s = self._busy_pause_s if str(why) == "busy" else self._longest_pause_s
            return pause_s(self._failures, longest_s, chance())
        return 0.0

    async def _until_over(self, name: str, life: int) -> None:
        """Returns when BlueZ says that this scan is over, or when nobody is heard. Raises SourceLost."""
        if self.state not in (SILENT, DEAF):
            self._become("scanning")
        began_s = self._clock.monotonic_s()
        self._ladder.becomes(SILENT, began_s)
        scanned = False  # BlueZ says so a moment after it was asked
        while (left_s := max(began_s, self._heard_s) + self._silence_s - self._clock.monotonic_s()) > 0:
            seen, adapter = self._adapters.changes.number, self._found()
            if (adapter.name, self._adapters.life) != (name, life) or (scanned and not adapter.discovering):
                log.info("scanning anew", adapter=self.adapter, why="BlueZ has ended the scan")
                return
            scanned |= adapter.discovering
            await self._adapters.changes.wait_beyond_or(seen, left_s)
        if self._heard_s <= began_s:
            self._become(self._ladder.told_as(name, self._clock.monotonic_s()))
        else:
            log.info("scanning anew", adapter=self.adapter, why="nobody was heard for a while")

    def _found(self) -> PluggedAdapter:
        """The adapter as it is now. Raises SourceLost, which is told at once: to stop a scan may take its time."""
        try:
            return self._adapters.find(self.adapter)
        except SourceLost as why:
            self._become(str(why))
            raise

    def _hear(self, heard: Heard) -> None:
        """Called by bleak for every advertisement: a few microseconds, no more."""
        self._heard_s = self._clock.monotonic_s()
        self._ladder.heard(self._heard_s)
        if self.state in (SILENT, DEAF):
            self._become("scanning")
        enrolled = self._enrolled(heard.address)
        if enrolled:
            self.heard_s[heard.address] = self._heard_s
            self._sighted(heard)
        self.queue.put(heard, enrolled=enrolled)

    def _become(self, state: str, detail: str = "") -> None:
        if state == self.state:
            return
        now_s = self._clock.monotonic_s()
        if self.state == "scanning":
            self._deaf_since_s = now_s
        self.state = state
        self.tried.set()
        if state == "scanning":
            gap_s = now_s - self._deaf_since_s
            self.deaf_s += gap_s
            log.info("adapter scans", adapter=self.adapter, deaf_s=round(gap_s, 1), repeats=self.repeats)
        else:
            log.warning("adapter hears nothing", adapter=self.adapter, why=state, detail=detail)
