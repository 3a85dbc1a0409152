"""How much of the processor a reading costs, in a flood and at the pace of life, beside programs that do less."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from fake_devices.serial_hub import FakeHub
from tests.benchmarks import usage
from tests.benchmarks.bed import Bed, Effort, apart, as_fast_as_taken, bed, flow
from tests.benchmarks.figures import Figure, Found, over_rounds, ratio
from tests.benchmarks.neighbours import Neighbour, the_prototype, the_reader
from tests.benchmarks.profile import profile
from tests.benchmarks.progress import says
from tests.benchmarks.watching import Watching

STEADY_PER_S = 200


class Measured(NamedTuple):
    """A program in a bed."""

    hub: FakeHub
    pid: int
    watching: Watching | None  # None: nothing comes of it


class Taken(NamedTuple):
    """What a reading took."""

    cpu_us: float
    seconds: float


async def flood(effort: Effort) -> Found:
    """As many readings as it takes, from the first byte on the line to the last reading at the broker; in turns with others."""
    async with apart() as core, bed(effort) as place, the_prototype() as other:
        pid = place.daemon.pid
        idle = usage.rss_mb(pid)
        usage.forget_peak(pid)
        written = usage.written_bytes(pid)
        ours, theirs = [], []
        for number in range(effort.rounds):
            says(f"round {number + 1} of {effort.rounds}: {effort.flood:,} readings")
            wire = place.calm(effort.flood)
            ours.append(await _taken(_of(place), wire, core))
            if other:
                theirs.append(await _taken(_other(other), wire, core))
        peak = usage.peak_rss_mb(pid)
        await place.released()
        missing = place.sent - place.watching.count
        written = usage.written_bytes(pid) - written
    note = f"{effort.flood:,} readings, one a frame, in each round"
    return [
        over_rounds("CPU per reading, flood", [one.cpu_us for one in ours], "us", note),
        *_beside("CPU per reading, flood", ours, theirs, "prototype"),
        over_rounds("readings sustained on one core", [effort.flood / one.seconds for one in ours], "/s", note),
        *([over_rounds("the same of the prototype", [effort.flood / one.seconds for one in theirs], "/s")] if theirs else []),
        Figure("written per reading, flood", written / place.sent, "bytes", note),
        Figure("readings of the flood that did not come", missing, "", "a frame that the line cuts for a second is refused"),
        Figure("RSS, idle", idle, "MB", f"{len(place.roster)} bands, before the first reading"),
        Figure("RSS, peak of a flood", peak, "MB", note),
        *await profile(effort, "a flood"),
    ]


async def steady(effort: Effort) -> Found:
    """At 200 readings/s each frame wakes the program up; the one that only reads shows what that alone costs here."""
    async with apart() as core, bed(effort) as place, the_prototype() as other, the_reader() as yardstick:
        found: dict[str, list[Taken]] = {"ours": [], "prototype": [], "reader": []}
        programs = {"ours": _of(place), "reader": _other(yardstick)._replace(watching=None)}
        if other:
            programs["prototype"] = _other(other)
        for number in range(effort.rounds):
            wire = place.calm(int(STEADY_PER_S * effort.steady_s))
            for name, program in programs.items():
                says(f"round {number + 1} of {effort.rounds}: {'lifering' if name == 'ours' else name}")
                found[name].append(await _taken(program, wire, core, STEADY_PER_S))
    note = f"{STEADY_PER_S * effort.steady_s:,.0f} readings, one a frame, in each round"
    return [
        over_rounds("CPU per reading at 200/s", [one.cpu_us for one in found["ours"]], "us", note),
        *_beside("CPU per reading at 200/s", found["ours"], found["prototype"], "prototype"),
        *_beside("CPU per reading at 200/s", found["ours"], found["reader"], "reader"),
        *await profile(effort, f"{STEADY_PER_S} readings/s", STEADY_PER_S),
    ]


def _of(place: Bed) -> Measured:
    return Measured(place.hub, place.daemon.pid, place.watching)


def _other(neighbour: Neighbour) -> Measured:
    return Measured(neighbour.hub, neighbour.pid, neighbour.watching)


async def _taken(program: Measured, wire: list[bytes], core: set[int], per_s: float = 0) -> Taken:
    """As fast as they are taken, or evenly; until the last one is at the broker."""
    usage.pin(program.pid, core)
    begun_s, cpu = asyncio.get_running_loop().time(), usage.cpu_s(program.pid)
    before = program.watching.count if program.watching else 0
    await (flow(program.hub, wire, per_s) if per_s else as_fast_as_taken(program.hub, wire))
    ended_s = asyncio.get_running_loop().time()
    if watching := program.watching:
        await watching.came(before + len(wire))
        ended_s = watching.readings[-1].at_s
    return Taken(1e6 * (usage.cpu_s(program.pid) - cpu) / len(wire), ended_s - begun_s)


def _beside(name: str, ours: list[Taken], theirs: list[Taken], whose: str) -> list[Figure]:
    """The other's own figure, and how many times as much ours is."""
    if not theirs:
        return []
    mine, others = [one.cpu_us for one in ours], [one.cpu_us for one in theirs]
    return [over_rounds(f"{name}, the {whose}", others, "us"), ratio(f"{name}, beside the {whose}", mine, others)]
