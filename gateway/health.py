"""How the gateway is: the heartbeat it sends, and the faults that become technical alerts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage
from typing import Protocol

from msgspec import structs

from gateway import messages
from gateway.alerts.desk import Desk
from gateway.alerts.technical import over, technical
from gateway.clock import Clock
from gateway.store.alerts import AlertStore
from gateway.store.readings import ReadingStore

LOOK_EVERY_S = 5.0
PATIENCE_S = 30.0  # a fault that mends itself sooner is in the log only
HEARD_S = 3600.0
LATELY_S = 60.0


class Source(Protocol):
    """A port or an adapter: `state` is a short fixed word; `tried` is set once it is known."""

    tried: asyncio.Event

    @property
    def state(self) -> str:
        """What it is doing now."""
        ...


class Link(Protocol):
    """The way to the platform: `faults` are what is wrong with it now, in fixed words."""

    @property
    def state(self) -> str:
        """What it is doing now."""
        ...

    @property
    def faults(self) -> list[str]:
        """Nothing when all is well."""
        ...


WATCHED = frozenset({"port_lost", "adapter_lost", "disk"})
WELL = frozenset({"open", "scanning", "connected", "starting"})


@dataclass
class Health:
    """Looks at the parts of the running gateway; they know nothing of it."""

    gateway: str
    clock: Clock
    readings: ReadingStore
    alerts: AlertStore
    desk: Desk
    folder: Path
    ports: Mapping[str, Source]
    adapters: Mapping[str, Source]
    bands: Callable[[float], messages.Wristbands]
    uplink: Link

    def __post_init__(self) -> None:
        self._started_s = self.clock.monotonic_s()
        self._seq = 0
        self._since: dict[tuple[str, str], float] = {}
        self._told: set[tuple[str, str]] = set()

    @property
    def sources(self) -> list[Source]:
        """All of them."""
        return [*self.ports.values(), *self.adapters.values()]

    def heartbeat(self) -> bytes:
        """The next `up/heartbeat`."""
        self._seq += 1
        counts = self.readings.counts()
        return messages.encode(
            messages.HeartbeatMessage(
                gateway=self.gateway,
                boot=self.clock.boot,
                at=messages.rfc3339(self.clock.wall_ms()),
                seq=self._seq,
                uptime_s=int(self.clock.monotonic_s() - self._started_s),
                clock=self.clock.state(),
                queued=messages.Queued(alerts=self.desk.waiting, readings=counts.pending, oldest_s=self._oldest_s()),
                counts=messages.Counts(**structs.asdict(counts)),
                adapters={name: part.state for name, part in self.adapters.items()},
                ports={name: part.state for name, part in self.ports.items()},
                disk=self._disk(),
                open_alerts=len(self.desk.open_alerts),
                wristbands=self.bands(HEARD_S),
                links={"platform": self.uplink.state},
                faults=[f"{fault} {device}".strip() for fault, device in sorted(self.faults())] + self.uplink.faults,
            )
        )

    def _oldest_s(self) -> int:
        oldest_ms = self.readings.oldest_pending_ms()
        return 0 if oldest_ms is None else max(0, (self.clock.wall_ms() - oldest_ms) // 1000)

    def _disk(self) -> dict[str, int | str]:
        usage = disk_usage(self.folder)
        state = self.alerts.fault or self.readings.fault or "ok"
        return {"state": state, "free_mb": usage.free // 1_000_000, "total_mb": usage.total // 1_000_000}

    def faults(self) -> set[tuple[str, str]]:
        """What is wrong now: (fault, device)."""
        found = {("port_lost", name) for name, part in self.ports.items() if part.state not in WELL}
        found |= {("adapter_lost", name) for name, part in self.adapters.items() if part.state not in self._well}
        if self.alerts.fault or self.readings.fault:
            found.add(("disk", self.alerts.fault or self.readings.fault))
        return found

    @property
    def _well(self) -> frozenset[str]:
        """An adapter that hears nobody is well as long as bands are heard: those that are connected to do not advertise."""
        return WELL | {"silent"} if self.bands(LATELY_S).heard else WELL

    async def watch(self) -> None:
        """Turn a fault that lasts into a technical alert, and its end into that alert's clearing; for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Once."""
        now_s, now_ms, found = self.clock.monotonic_s(), self.clock.wall_ms(), self.faults()
        self._since = {fault: self._since.get(fault, now_s) for fault in found}
        self._told |= {(alert.detail, alert.device) for alert in self.desk.open_alerts if alert.detail in WATCHED}
        for fault, device in self._told - found:
            await self.desk.clear(over(fault, now_ms, device=device))
        self._told &= found  # told once, even if a person closes the alert before the fault is over
        for fault, device in found - self._told:
            if now_s - self._since[fault, device] >= PATIENCE_S:
                await self.desk.find(technical(fault, now_ms, device=device))
                self._told.add((fault, device))
