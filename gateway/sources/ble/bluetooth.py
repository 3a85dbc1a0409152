"""All of Bluetooth as one source: a scanner for each adapter, also for one that is plugged in later, relays, the connector."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from drivers.driver import Order, Outcome, Signal
from gateway.clock import Clock
from gateway.driver_bugs import DriverFaults
from gateway.jobs import Job, Key, RenewableJobs, start
from gateway.roster import Roster
from gateway.settings.configuration import RelaySettings
from gateway.sources.ble.adapter_ladder import AdapterLadder
from gateway.sources.ble.adapter_means import AdapterMeans
from gateway.sources.ble.adapters import Adapters, PluggedAdapter
from gateway.sources.ble.backends import Backends
from gateway.sources.ble.bluez import Radio, forget_links
from gateway.sources.ble.bluez_watch import BluezWatch
from gateway.sources.ble.connecting import BleConnector
from gateway.sources.ble.pairing_agent import PairingAgent
from gateway.sources.ble.relays.relay import Relay
from gateway.sources.ble.rfkill import why_off
from gateway.sources.ble.scanning import SILENCE_S, BleScanner
from gateway.sources.receiver import Receiver
from gateway.sources.recording import Recording


class Bluetooth:
    """`run()` it in a task of its own; it follows the roster. `scanners`: by adapter or relay, for their states.

    `adapters`: names or addresses; none: all; None: relays only. `local_time()`: the local wall clock in ISO 8601.
    """

    def __init__(
        self,
        adapters: Sequence[str] | None,
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
        virtual = adapters or () if backends.scanner else ()
        here = [PluggedAdapter(name, name, True, True, True) for name in virtual]
        self._adapters = Adapters(adapters or (), here, why_off)
        self._has_adapters = adapters is not None
        self._means = None if virtual else AdapterMeans()
        self._watch = None if virtual or not self._has_adapters else BluezWatch(self._adapters, forget_links)
        self._roster = roster
        self._receiver = receiver
        self._clock = clock
        self._recording = recording
        self._radio = Radio(backends, recording)
        self._agent = PairingAgent()
        self._connector = BleConnector(
            roster,
            self._adapters,
            receiver,
            self._radio,
            clock,
            local_time,
            faults,
            agent=self._agent,
            connections=connections,
        )
        self.scanners: dict[str, BleScanner | Relay] = {}
        self._by_adapter: dict[str, BleScanner] = {}
        self._relays: dict[RelaySettings, Relay] = {}
        self._scans = RenewableJobs({})
        self._take_adapters()

    def use(self, relays: Sequence[RelaySettings]) -> None:
        """These from now on; one whose settings are as they were goes on undisturbed."""
        before = self._relays
        self._relays = {one: before.get(one) or self._relay(one) for one in relays}
        for gone in before.keys() - self._relays.keys():
            before[gone].tried.set()
        self._scan()

    @property
    def put_off(self) -> list[str]:
        """The bands that are left alone for long, since bluetoothd died while it connected to them."""
        return self._connector.put_off

    @property
    def unpaired(self) -> list[str]:
        """The bands that a person has to pair."""
        return self._connector.unpaired

    def undecided(self, address: str) -> bool:
        """Whether nobody can say yet whether this band is paired."""
        return self._connector.undecided(address)

    async def run(self) -> None:
        """Scans and connects until it is cancelled."""
        jobs = {"connect bands": self._connector.run, "adapters": self._scans.run, "follow adapters": self._follow_adapters}
        watch = {"watch bluetoothd": self._watch.run, "pairing agent": self._agent.run} if self._watch else {}
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
            if list(self._by_adapter) != self._labels:
                self._take_adapters()
            await self._adapters.changes.wait_beyond(seen)

    @property
    def _labels(self) -> list[str]:
        return self._adapters.labels if self._has_adapters else []

    def _take_adapters(self) -> None:
        """One that is known stays, also while it is pulled out."""
        before = self._by_adapter
        self._by_adapter = {label: before.get(label) or self._scanner(label) for label in self._labels}
        for gone in before.keys() - self._by_adapter.keys():
            before[gone].tried.set()
        self._scan()

    def _scan(self) -> None:
        """With those that there are now."""
        self.scanners.clear()
        self.scanners.update(self._by_adapter)
        self.scanners.update({relay.adapter: relay for relay in self._relays.values()})
        adapters: dict[Key, Job] = {(f"adapter {label}", label): scanner.run for label, scanner in self._by_adapter.items()}
        self._scans.want(adapters | {(f"relay {one.name}", one): relay.run for one, relay in self._relays.items()})

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
            ladder=AdapterLadder(
                label, self._means, links=self._connector.links, other_hears=partial(self._other_hears, label)
            ),
        )

    def _other_hears(self, label: str) -> bool:
        """Whether another adapter than this one heard somebody lately."""
        since_s = self._clock.monotonic_s() - SILENCE_S
        return any(one.hears_since(since_s) for other, one in self._by_adapter.items() if other != label)

    def _relay(self, settings: RelaySettings) -> Relay:
        return Relay(
            settings,
            self._receiver,
            self._clock,
            enrolled=self._knows,
            sighted=self._connector.sighted,
            slots=self._connector.has_slots,
            recording=self._recording,
        )

    def _knows(self, address: str) -> bool:
        return self._roster.band(address) is not None
