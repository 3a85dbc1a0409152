"""Plays what bands do to the schedule, moment by moment, and keeps what became of each of them. Pure."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from drivers.driver import ConnectionDriver
from drivers.standard.profiles import DRIVERS
from gateway.sources.ble.schedule import Schedule
from tests.connections.bands import Attempt, Band

ADAPTER, SLOTS = "hci0", 5
HEARD_EVERY_S = 10.0  # a band in reach, while it is not connected

PROFILES = {driver.name: driver for driver in DRIVERS}
STRAP, CUFF, VISITED = PROFILES["ble-heart-rate"], PROFILES["ble-blood-pressure"], PROFILES["ble-battery"]
DRIVER_OF: dict[str, ConnectionDriver] = {"streams": STRAP, "on sight": CUFF, "stuck cuff": CUFF}


class Link(NamedTuple):
    """A slot that was held: by whom, which, from when to when, and what came of it."""

    band: Band
    slot: int
    begun_s: float
    ended_s: float
    attempt: Attempt


@dataclass
class Course:
    """What became of everybody, until `ends_s`."""

    ends_s: float
    bands: Sequence[Band]
    links: list[Link] = field(default_factory=list)
    _by_name: defaultdict[str, list[Link]] = field(default_factory=lambda: defaultdict(list))

    def take(self, link: Link) -> None:
        """One more, which began after all others of its band."""
        self.links.append(link)
        self._by_name[link.band.name].append(link)

    def of(self, band: Band) -> list[Link]:
        """Its connects, in order."""
        return self._by_name[band.name]

    def visits(self, band: Band) -> int:
        """How often it was connected, and all was well."""
        return sum(link.attempt.well for link in self.of(band))

    def longest_wait_s(self, band: Band) -> float:
        """The longest that it was in reach without a break and without a connection."""
        stood = [(link.begun_s, link.ended_s) for link in self.of(band) if link.attempt.stands]
        return max((wait for reach in band.reach for wait in _waits(reach, stood)), default=0.0)

    def missed(self, band: Band, reach: tuple[float, float]) -> bool:
        """Whether it was in reach for nothing."""
        return not any(link.attempt.stands and reach[0] <= link.begun_s <= reach[1] for link in self.of(band))

    def share(self, bands: Sequence[Band]) -> float:
        """How many slots they held on average."""
        return sum(link.ended_s - link.begun_s for band in bands for link in self.of(band)) / self.ends_s


def _waits(reach: tuple[float, float], stood: Sequence[tuple[float, float]]) -> Iterator[float]:
    since_s, until_s = reach
    for begun_s, ended_s in stood:
        if ended_s > since_s and begun_s < until_s:
            yield max(0.0, begun_s - since_s)
            since_s = ended_s
    yield max(0.0, until_s - since_s)


def play(bands: Sequence[Band], ends_s: float, seed: int, heard_every_s: float = HEARD_EVERY_S) -> Course:
    """From the start until then; each band draws from a seed of its own, so that others do not change what it does."""
    return _Play(bands, ends_s, seed, heard_every_s).course


class _Play:
    def __init__(self, bands: Sequence[Band], ends_s: float, seed: int, heard_every_s: float) -> None:
        self.course = Course(ends_s, bands)
        self._bands = {band.name: band for band in bands}
        self._random = {band.name: Random(f"{seed} {band.name}") for band in bands}
        self._heard_every_s = heard_every_s
        self._slots: list[str | None] = [None] * SLOTS
        self._plan = Schedule(SLOTS)
        own_slots = {band.name for band in bands if band.kind == "own slot"}
        self._plan.enrol({band.name: DRIVER_OF.get(band.kind, VISITED) for band in bands}, own_slots)
        self._ends: list[tuple[float, str, float, Attempt]] = []
        self._reach = {band.name: list(reversed(band.reach)) for band in bands}
        self._run(ends_s)

    def _run(self, ends_s: float) -> None:
        now_s = hear_s = 0.0
        while now_s < ends_s:
            if now_s >= hear_s:
                self._hear(now_s)
                hear_s = now_s + self._heard_every_s
            while self._ends and self._ends[0][0] <= now_s:
                self._end(*heapq.heappop(self._ends))
            for name in self._plan.begin(now_s):
                self._begin(name, now_s)
            due_s = self._plan.wait_s(now_s)
            nexts = [hear_s, now_s + due_s if due_s else hear_s, self._ends[0][0] if self._ends else hear_s]
            now_s = max(min(nexts), now_s + 0.001)
        for _, name, begun_s, attempt in sorted(self._ends):
            self._end(ends_s, name, begun_s, attempt)

    def _hear(self, now_s: float) -> None:
        for name, reach in self._reach.items():
            while reach and reach[-1][1] < now_s:
                reach.pop()
            if reach and reach[-1][0] <= now_s and name not in self._slots:
                self._plan.seen(name, ADAPTER, now_s)

    def _begin(self, name: str, now_s: float) -> None:
        attempt = self._bands[name].connect(self._random[name])
        self._slots[self._slots.index(None)] = name
        heapq.heappush(self._ends, (now_s + attempt.lasts_s, name, now_s, attempt))

    def _end(self, ended_s: float, name: str, begun_s: float, attempt: Attempt) -> None:
        slot = self._slots.index(name)
        self._slots[slot] = None
        self.course.take(Link(self._bands[name], slot, begun_s, ended_s, attempt))
        self._plan.ended(name, ended_s, well=attempt.well, chance=self._random[name].random())
