"""Tells of the unregistered devices that call for help: one alert for all of them, told at most once a minute.

Anybody can invent addresses, thousands a second. So a call costs a look into a small memory and nothing on the disk, whoever
hears it does not wait, and what the desk is told does not depend on how many call.
"""

from __future__ import annotations

import asyncio
from collections import deque

from msgspec.structs import replace

from gateway.alerts.desk import Desk
from gateway.alerts.technical import over, technical
from gateway.changes import Changes
from gateway.clock import Clock

FAULT = "unregistered_device"
EVERY_S = 60.0
CALM_S = 600.0  # after so long without a call the alert is cleared
REMEMBERED = 256  # devices that are not counted again


class UnregisteredCalls:
    """`run()` it in a task of its own. `count`: how many devices have called, also those that an earlier life has told of."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._desk, self._clock = desk, clock
        self._changes = Changes()
        self._callers: set[str] = set()
        self._in_order: deque[str] = deque()
        self._newest, self._called_s = "", 0.0
        self._told: int | None = None  # so many, by the open alert; None: there is none
        self.count = 0

    @property
    def going_on(self) -> bool:
        """Whether devices call, and somebody is told of it."""
        return self._told is not None

    def called(self, address: str) -> None:
        """This device calls for help; that is told in its time."""
        self._newest, self._called_s = address, self._clock.monotonic_s()
        if address not in self._callers:
            self.count += 1
            self._callers.add(address)
            self._in_order.append(address)
            if len(self._in_order) > REMEMBERED:
                self._callers.remove(self._in_order.popleft())
        self._changes.happened()

    def resume(self) -> None:
        """Take up the alert that an earlier life left open: it is told further, and cleared in its time."""
        for alert in self._desk.open_alerts:
            if alert.detail == FAULT:
                self._told = self.count = max(alert.devices, self.count)
                self._newest, self._called_s = alert.device, self._clock.monotonic_s()

    async def run(self) -> None:
        """For ever."""
        while True:
            seen = self._changes.number
            await self.tell()
            if self.going_on:
                await asyncio.sleep(EVERY_S)
            else:
                await self._changes.wait_beyond(seen)

    async def tell(self) -> None:
        """What is new, or that nobody calls any more."""
        if self.count > (self._told or 0):
            told = self.count
            finding = technical(FAULT, self._clock.wall_ms(), device=self._newest, priority="advisory")
            await self._desk.find(replace(finding, devices=told))
            self._told = told
        elif self.going_on and self._clock.monotonic_s() - self._called_s >= CALM_S:
            await self._clear()

    async def _clear(self) -> None:
        for alert in self._desk.open_alerts:
            if alert.detail == FAULT:
                await self._desk.clear(over(FAULT, self._clock.wall_ms(), device=alert.device))
        self._callers.clear()
        self._in_order.clear()
        self._told, self.count = None, 0
