"""A band that is only heard, and nobody connects to it: what such bands have in common, whatever they tell.

It tells now and then that it is alive. An event is told many times, so that one of the frames is heard; a new event ends
the frames of the last.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from fake_devices.ble_link.advertising_data import Advert
from fake_devices.ble_link.air import Air

ADVERTISING_DELAY_S = 0.010  # random, added to every interval (Core Specification, Vol 6, Part B, 4.4.2.2)


class Broadcaster:
    """Switched on by `async with`. `is_alive` is done every `alive_every_s`; 0: never by itself."""

    def __init__(self, air: Air, address: str, alive_every_s: float, is_alive: Callable[[], None]) -> None:
        self.air = air
        self.address = address
        self._alive_every_s = alive_every_s
        self._is_alive = is_alive
        self._frames_left = 0
        self._timers: dict[str, asyncio.TimerHandle] = {}

    async def __aenter__(self) -> Self:
        if self._alive_every_s:
            self._later("alive", self.air.random.random() * self._alive_every_s, self._lives)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.battery_is_empty()

    # --- verbs

    def walks_away(self) -> None:
        """Out of range."""
        self.air.lose(self.address)

    def comes_back(self) -> None:
        """Back in range."""
        self.air.find_again(self.address)

    def battery_is_empty(self) -> None:
        """Silent from now on."""
        for what in self._timers:
            self._stop(what)

    # --- for the kinds of bands

    @property
    def insisting(self) -> bool:
        """Whether an event is being told."""
        return self._frames_left > 0

    def insists(self, data: bytes, frames: int, every_s: float) -> None:
        """Sends the same AD structures so many times, the first at once."""
        self._stop("event")
        self._frames_left = frames
        self._insist(data, every_s)

    def sends(self, data: bytes) -> None:
        """Sends these AD structures once."""
        self.air.advertise(Advert(self.address, data, rssi=self.air.strength_dbm(self.address)))

    # --- parts

    def _lives(self) -> None:
        self._is_alive()
        self._later("alive", self._alive_every_s, self._lives)

    def _insist(self, data: bytes, every_s: float) -> None:
        self.sends(data)
        self._frames_left -= 1
        if self._frames_left:
            self._later("event", every_s, lambda: self._insist(data, every_s))

    def _later(self, what: str, delay_s: float, does: Callable[[], None]) -> None:
        self._stop(what)
        delay_s += self.air.random.random() * ADVERTISING_DELAY_S
        self._timers[what] = asyncio.get_running_loop().call_later(delay_s, does)

    def _stop(self, what: str) -> None:
        if what in self._timers:
            self._timers[what].cancel()
