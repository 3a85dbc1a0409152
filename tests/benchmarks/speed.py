"""How much of the processor a reading costs, in a flood and at the pace of life."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from fake_devices import serial_hub_frames as frames
from fake_devices.serial_hub import FakeHub
from tests.benchmarks import reader, usage
from tests.benchmarks.bed import Effort, bed, flow
from tests.benchmarks.figures import Figure
from tests.processes import DIES_WITH_US

STEADY_PER_S = 200


async def flood(effort: Effort) -> list[Figure]:
    """As many readings as it takes, from the first byte on the line to the last reading at the platform."""
    async with bed(effort) as place:
        pid = place.daemon.pid
        wire = place.calm(effort.flood)
        cpu, written, begun = usage.cpu_s(pid), usage.written_bytes(pid), time.monotonic()
        await place.flood(wire)
        await place.delivered()
        took, used = time.monotonic() - begun, usage.cpu_s(pid) - cpu
        await place.released()
        written = usage.written_bytes(pid) - written
        note = f"{effort.flood:,} readings, one a frame, in {took:.1f} s"
        return [
            Figure("readings sustained, line to platform", effort.flood / took, "1/s", note),
            Figure("CPU per reading, flood", 1e6 * used / effort.flood, "us", note),
            Figure("written to the block device per reading, flood", written / effort.flood, "bytes", note),
        ]


async def steady(effort: Effort) -> list[Figure]:
    """At 200 readings/s each frame wakes the daemon up; beside it the yardstick that does only that."""
    async with bed(effort) as place:
        cpu = usage.cpu_s(place.daemon.pid)
        sent = await place.flow(STEADY_PER_S, effort.steady_s)
        await place.delivered()
        mine = 1e6 * (usage.cpu_s(place.daemon.pid) - cpu) / sent
    yardstick = await _yardstick(effort)
    note = f"{sent:,} readings, one a frame"
    return [
        Figure("CPU per reading, 200/s", mine, "us", note),
        Figure("the same of a program that only reads", yardstick, "us", note),
        Figure("ratio of the two", mine / yardstick, "", note),
    ]


async def _yardstick(effort: Effort) -> float:
    """CPU us per frame of the program that only reads."""
    wire = [
        frames.record("C0:FF:EE:00:00:01", number, {"heart_rate": 70}) for number in range(int(STEADY_PER_S * effort.steady_s))
    ]
    with tempfile.TemporaryDirectory() as folder:
        async with FakeHub(Path(folder) / "hub") as hub:
            process = await asyncio.create_subprocess_exec(*DIES_WITH_US, sys.executable, reader.__file__, str(hub.line.path))
            await usage.released(process.pid)
            cpu = usage.cpu_s(process.pid)
            await flow(hub, wire, STEADY_PER_S)
            used = usage.cpu_s(process.pid) - cpu
            process.kill()
            await process.wait()
    return 1e6 * used / len(wire)
