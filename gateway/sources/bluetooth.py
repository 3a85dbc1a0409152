"""All of Bluetooth as one source: a scanner for each adapter, also for one that is plugged in later, and the connector."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from drivers.driver import Order, Outcome, Signal
from gateway.clock import Clock
from gateway.driver_bugs import DriverFaults
from gateway.jobs import RenewableJobs, start
from gateway.roster import Roster
from gateway.sources.adapters import Adapters, PluggedAdapter
from gateway.sources.backends import Backends
from gateway.sources.ble_connect import BleConnector
from gateway.sources.ble_scan import BleScanner
from gateway.sources.bluez import Radio, forget_links
from gateway.sources.bluez_watch import BluezWatch
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
        virtual = adapters if backends.scanner else ()
        self._adapters = Adapters(adapters, [PluggedAdapter(name, name, True, True, True) for name in virtual])
        self._watch = None if virtual else BluezWatch(self._adapters, forget_links)
        self._roster = roster
        self._receiver = receiver
        self._clock = clock
        self._radio = Radio(backends, recording)
        self._connector = BleConnector(
            roster, self._adapters, receiver, self._radio, clock, local_time, faults, connections=connections
        )
        self.scanners: dict[str, BleScanner] = {}
        self._scans = RenewableJobs({})
        self._take_adapters()

    @property
    def put_off(self) -> list[str]:
        """The bands that are left alone for long, since bluetoothd died while it connected to them."""
        return self._connector.put_off

    async def run(self) -> None:
        """Scans and connects until it is cancelled."""
        jobs = {"connect bands": self._connector.run, "adapters": self._scans.run, "follow adapters": self._follow_adapters}
        watch = {"watch bluetoothd": self._watch.run} if self._watch else {}
        async with asyncio.TaskGroup() as tasks:
            start(tasks, jobs | watch)

    async def signal(self, address: str, signal: Signal) -> Outcome:
        """Makes a band vibrate, where it is connected."""
        return await self._connector.signal(address, signal)

    async def do(self, address: str, order: Order) -> Outcome:
        """Has a band do something, where it is connected; else it is connected to as soon as it can be."""
        return await self._connector.do(address, order)

    async def _follow_adapters(self) -> None:
        while True:
            seen = self._adapters.changes.number
            if list(self.scanners) != self._adapters.labels:
                self._take_adapters()
            await self._adapters.changes.wait_beyond(seen)

    def _take_adapters(self) -> None:
        """One that is known stays, also while it is pulled out."""
        before = dict(self.scanners)
        self.scanners.clear()
        for label in self._adapters.labels:
            self.scanners[label] = before.pop(label) if label in before else self._scanner(label)
        for gone in before.values():
            gone.tried.set()
        self._scans.want({(f"adapter {label}", label): scanner.run for label, scanner in self.scanners.items()})

    def _scanner(self, label: str) -> BleScanner:
        return BleScanner(
            label,
            self._adapters,
            self._receiver,
            self._radio,
            self._clock,
            enrolled=self._knows,
            sighted=self._connector.sighted,
            linked=self._connector.linked,
        )

    def _knows(self, address: str) -> bool:
        return self._roster.band(address) is not None
