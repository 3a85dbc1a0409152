"""All of Bluetooth as one source: a scanner for each adapter, and the connector for the bands that must be connected to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from drivers.driver import Outcome, Signal
from gateway.clock import Clock
from gateway.driver_bugs import DriverFaults
from gateway.failures import told
from gateway.roster import Roster
from gateway.sources.backends import Backends
from gateway.sources.ble_connect import BleConnector
from gateway.sources.ble_scan import BleScanner
from gateway.sources.bluez import Radio
from gateway.sources.bluez_adapters import wanted_adapters
from gateway.sources.receiver import Receiver
from gateway.sources.recording import Recording


class Bluetooth:
    """`run()` it in a task of its own; it follows the roster. `scanners`: by adapter, for their states and what they dropped.

    `adapters`: names or addresses; none: all. `local_time()`: the local wall clock in ISO 8601.
    """

    def __init__(
        self,
        adapters: Sequence[str],
        roster: Roster,
        receiver: Receiver,
        clock: Clock,
        local_time: Callable[[], str | None],
        faults: DriverFaults,
        *,
        connections: int = 5,
        backends: Backends = Backends(),  # noqa: B008 (immutable)
        recording: Recording | None = None,
    ) -> None:
        radio = Radio(backends, recording)
        self._roster = roster
        self._connector = BleConnector(roster, receiver, radio, clock, local_time, faults, connections=connections)
        self.scanners = {
            adapter or "default": BleScanner(
                adapter, receiver, radio, clock, enrolled=self._knows, sighted=self._connector.sighted
            )
            for adapter in wanted_adapters(adapters)
        }

    async def run(self) -> None:
        """Scans and connects until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(told(self._connector.run), name="connect bands")
            for adapter, scanner in self.scanners.items():
                tasks.create_task(told(scanner.run), name=f"adapter {adapter}")

    async def signal(self, address: str, signal: Signal) -> Outcome:
        """Makes a band vibrate, where it is connected."""
        return await self._connector.signal(address, signal)

    def _knows(self, address: str) -> bool:
        return self._roster.band(address) is not None
