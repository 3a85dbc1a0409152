"""What hears: which ports, adapters and drivers fail now, and which bands cannot be heard for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from drivers.driver import SerialDriver
from gateway.observed import HeardView
from gateway.roster import Roster
from gateway.supervision.enrolled import RADIO, adapter_source, port_source
from gateway.supervision.fault_watch import SeenFault, What

if TYPE_CHECKING:
    import asyncio

LATELY_S = 60.0
WELL = frozenset({"open", "scanning", "connected", "starting"})
FEW_BANDS = 3  # where fewer were ever heard, an adapter that hears nobody may be well and the bands are gone


class WatchedSource(Protocol):
    """A port or an adapter: `state` is a short fixed word; `tried` is set once it is known."""

    tried: asyncio.Event

    @property
    def state(self) -> str:
        """What it is doing now."""
        ...


class WatchedPort(WatchedSource, Protocol):
    """A serial port."""

    @property
    def garbled(self) -> bool:
        """Whether it brings nothing but what is refused."""
        ...


class WatchedAdapter(WatchedSource, Protocol):
    """A Bluetooth adapter."""

    @property
    def heard_s(self) -> Mapping[str, float]:
        """When it heard each band last (monotonic)."""
        ...


class WatchedDrivers(Protocol):
    """The drivers: those that are off did not come back."""

    @property
    def off(self) -> Mapping[str, str]:
        """By name, and why."""
        ...


class PortsAndRadio:
    """`ports` and `adapters` by name, as they are now."""

    def __init__(
        self,
        ports: Mapping[str, WatchedPort],
        adapters: Mapping[str, WatchedAdapter],
        drivers: WatchedDrivers,
        roster: Roster,
        heard: HeardView,
    ) -> None:
        self._ports, self._adapters, self._drivers = ports, adapters, drivers
        self._roster, self._heard = roster, heard

    @property
    def all(self) -> list[WatchedSource]:
        """All that hears."""
        return [*self._ports.values(), *self._adapters.values()]

    def seen(self) -> Iterable[SeenFault]:
        """What is wrong with it now."""
        for name, port in self._ports.items():
            if port.state not in WELL:
                yield SeenFault(fault="port_lost", device=name)
            elif port.garbled:
                yield SeenFault(fault="port_garbled", device=name)
        for name, adapter in self._adapters.items():
            if self._is_deaf if adapter.state == "silent" else adapter.state not in WELL:
                yield SeenFault(fault="adapter_lost", device=name)
        for name in self._drivers.off:
            yield SeenFault(fault="driver_fault", device=name)

    def undecided(self, what: What) -> bool:
        """Whether nobody can say yet that this is gone: not all have been tried since the start."""
        tried = {"port_lost": self._ports, "adapter_lost": self._adapters}.get(what.fault, {})
        return not all(source.tried.is_set() for source in tried.values())

    @property
    def lost(self) -> frozenset[str]:
        """The sources that hear nothing now: that bands behind them are silent says nothing of the bands."""
        lost = {port_source(name) for name, port in self._ports.items() if port.state not in WELL}
        adapters = {adapter_source(name) for name, adapter in self._adapters.items() if not self._may_hear(adapter)}
        all_of_them = {RADIO} if adapters and len(adapters) == len(self._adapters) else set()
        return frozenset(lost | adapters | all_of_them)

    @property
    def heard_through(self) -> dict[str, str]:
        """The adapter that heard each band last, where there are several."""
        if len(self._adapters) < 2:
            return {}
        last: dict[str, tuple[float, str]] = {}
        for name, adapter in self._adapters.items():
            for address, heard_s in adapter.heard_s.items():
                last[address] = max(last.get(address, (heard_s, name)), (heard_s, name))
        return {address: adapter_source(name) for address, (_, name) in last.items()}

    def _may_hear(self, adapter: WatchedAdapter) -> bool:
        if adapter.state == "silent":
            return len(self._heard_over_radio) < FEW_BANDS or not self._is_deaf
        return adapter.state in WELL

    @property
    def _is_deaf(self) -> bool:
        """An adapter that hears nobody is well where nobody is there to be heard, and as long as bands are heard: those that
        are connected to do not advertise. Asked only where one hears nobody: there may be a hundred bands."""
        return bool(self._over_radio) and not any(ago_s <= LATELY_S for ago_s in self._heard_over_radio)

    @property
    def _over_radio(self) -> list[str]:
        bands = self._roster.bands.values()
        return [band.address for band in bands if not isinstance(self._roster.driver_of(band), SerialDriver)]

    @property
    def _heard_over_radio(self) -> list[float]:
        """How long ago each of those was that was heard since the start."""
        ago_s = (self._heard.heard_ago_s(address) for address in self._over_radio)
        return [ago for ago in ago_s if ago is not None]
