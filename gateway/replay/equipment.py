"""The ports and the link of a replay, as its deeds set them, and what becomes of it that they are lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from gateway.alerts.deliveries import Deliveries
from gateway.clock import Clock
from gateway.core import Core
from gateway.health.ports_and_radio import PortsAndRadio
from gateway.health.ways_to_people import WaysToPeople
from gateway.supervision.fault_watch import FaultWatch, SeenFault

if TYPE_CHECKING:
    import asyncio


def _known() -> asyncio.Event:
    import asyncio  # slow to import, and most lines are of no port

    return asyncio.Event()


class PlayedPort(Struct):
    """A serial port."""

    state: str = "open"
    garbled: bool = False
    tried: asyncio.Event = field(default_factory=_known)


class PlayedLink(Struct):
    """The way to the platform. `silent`: it takes alerts, and nobody answers."""

    state: str = "connected"
    silent: bool = False
    platform_answered: bool = True

    @property
    def is_up(self) -> bool:
        """Whether anything can be sent."""
        return self.state == "connected"

    @property
    def faults(self) -> list[str]:
        """In fixed words."""
        return ["platform_silent"] if self.silent else []


class PlayedEquipment(Struct):
    """As it stands, whatever happens to the gateway."""

    ports: dict[str, PlayedPort] = field(default_factory=dict)
    link: PlayedLink = field(default_factory=PlayedLink)


class NoDrivers:
    """None is off: lines are decoded already."""

    off: Mapping[str, str] = {}


class NobodyHeard:
    """There is no radio."""

    def heard_ago_s(self, address: str) -> float | None:  # noqa: ARG002 (of whichever)
        """Never."""
        return None


class EquipmentWatch:
    """Of one life of the gateway: the same judgement as in the daemon, at the moment when it is due."""

    def __init__(self, equipment: PlayedEquipment, core: Core, deliveries: Deliveries, clock: Clock) -> None:
        self._equipment, self._core, self._deliveries, self._clock = equipment, core, deliveries, clock
        self._hearing = PortsAndRadio(equipment.ports, {}, NoDrivers(), roster=core.roster, heard=NobodyHeard())
        self._ways = WaysToPeople({"mqtt": equipment.link}, modems={})
        self._watch = FaultWatch()

    def look(self) -> None:
        """What lasts, and what is over."""
        now_s = self._clock.monotonic_s()
        self._equipment.link.silent = self._equipment.link.is_up and self._deliveries.silent(now_s)
        self._core.pipeline.sources_lost(self._hearing.lost)
        for verdict in self._watch.look(self._seen(), self._core.desk.open_alerts, now_s, self._clock.wall_ms()):
            self._core.desk.take(verdict)

    def _seen(self) -> Iterable[SeenFault]:
        yield from self._hearing.seen()
        yield from self._ways.seen()

    def next_ms(self) -> int | None:
        """When `look` may have something to tell though nothing happens before."""
        due = [self._watch.next_s(), self._deliveries.silent_from_s() if self._equipment.link.is_up else None]
        now_s = self._clock.monotonic_s()
        return min((round(due_s * 1000) for due_s in due if due_s is not None and due_s > now_s), default=None)
