"""What the store alone costs: bytes for the disk, processor time and pauses, at five readings a second and in a flood.

python -m tests.benchmarks.store [--page-size BYTES ...]

A commit at five readings a second holds five; the seconds between are left out. `--page-size` compares others.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from drivers.measurement import BloodPressure, Kind, Value
from gateway.alert import Alert, AlertEvent, Delivery, RuleRef
from gateway.clock import ClockState, SystemClock
from gateway.readings import Reading
from gateway.store import opening
from gateway.store.keeping import Transaction
from gateway.store.readings import COMMIT_AT
from gateway.store.stores import Stores
from tests.benchmarks import machine
from tests.benchmarks.figures import Figure, percentile, table
from tests.benchmarks.usage import cpu_s, written_bytes

SEED = 1
WEARERS = 50
NOW_MS = 1_795_500_000_000
DAY_MS = 86_400_000
TRICKLE = 5
TRICKLE_COMMITS = 3_000
FLOOD = 200_000
STEADY = 200
SAVES = 300


def readings(count: int, per_s: float) -> list[Reading]:
    """As fifty wristbands give them: mostly heart rates, each with its own walk, at uneven times."""
    chance = random.Random(SEED)
    rates = [chance.uniform(58, 85) for _ in range(WEARERS)]
    return [_reading(chance, rates, NOW_MS + int(number * 1000 / per_s)) for number in range(count)]


def _reading(chance: random.Random, rates: list[float], at_ms: int) -> Reading:
    band = chance.randrange(WEARERS)
    rates[band] = min(120, max(45, rates[band] + chance.gauss(0, 2)))
    kind: Kind = chance.choices(
        ("heart_rate", "oxygen_saturation", "body_temperature", "steps", "blood_pressure", "battery"), (60, 12, 8, 10, 5, 5)
    )[0]
    values: dict[str, Value] = {
        "heart_rate": round(rates[band]),
        "oxygen_saturation": chance.randrange(93, 100),
        "body_temperature": round(chance.gauss(36.5, 0.3), 1),
        "steps": chance.randrange(9_000),
        "blood_pressure": BloodPressure(chance.randrange(105, 150), chance.randrange(60, 95), pulse=round(rates[band])),
        "battery": chance.randrange(5, 100),
    }
    measured_ms = at_ms - chance.randrange(900)
    return Reading(
        wearer=f"W-{band:03}",
        device=f"C0:FF:EE:00:{band:02X}:{band * 7 % 256:02X}",
        driver="serial-hub",
        kind=kind,
        value=values[kind],
        at_ms=measured_ms,
        received_ms=at_ms,
        clock="synced",
    )


class SetClock:
    """The machine's, taken for one that is set: else nothing would be forgotten."""

    def __init__(self) -> None:
        self._machine = SystemClock()
        self.boot = self._machine.boot

    def wall_ms(self) -> int:
        return self._machine.wall_ms()

    def monotonic_s(self) -> float:
        return self._machine.monotonic_s()

    def state(self) -> ClockState:
        return "synced"


@asynccontextmanager
async def stores() -> AsyncIterator[Stores]:
    """Fresh ones on a real disk."""
    with tempfile.TemporaryDirectory() as folder:
        opened = await opening.open_stores(Path(folder), "xishan-01", SetClock())
        try:
            yield opened
        finally:
            await opened.close()


async def take(opened: Stores, all_of_them: Sequence[Reading], per_commit: int) -> None:
    """Commit after commit; each also marks as delivered what the one before brought."""
    delivered = 0
    for start in range(0, len(all_of_them), per_commit):
        for reading in all_of_them[start : start + per_commit]:
            opened.readings.add(structs.replace(reading, seq=opened.readings.next_seq(), epoch=opened.readings.epoch))
        newest = opened.readings.last_batch
        for batch in range(delivered + 1, newest + 1):
            opened.readings.delivered(batch)
        delivered = newest
        await opened.readings.flush()


async def trickle() -> list[Figure]:
    """Bytes at five readings a second: taking, marking as delivered, and forgetting a week later."""
    given = readings(TRICKLE * TRICKLE_COMMITS, TRICKLE)
    note = f"{len(given):,} readings in {TRICKLE_COMMITS:,} commits"
    async with stores() as opened:
        start = written_bytes(os.getpid())
        await take(opened, given, TRICKLE)
        await opened.readings.checkpoint()
        taken = written_bytes(os.getpid())
        held = await opened.readings.look(_file_bytes)
        for hour in range(2):
            await opened.retain(NOW_MS + 8 * DAY_MS + hour)
        forgotten = written_bytes(os.getpid())
    return [
        Figure("written per reading, 5/s", (taken - start) / len(given), "bytes", note),
        Figure("written per reading when it is forgotten, 5/s", (forgotten - taken) / len(given), "bytes", note),
        Figure("held per reading, 5/s", held / len(given), "bytes", note),
    ]


def _file_bytes(connection: sqlite3.Connection) -> int:
    size: int = connection.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0]
    return size


async def flood() -> list[Figure]:
    """Bytes, processor time and pauses of the loop when readings come as fast as they are taken."""
    given = readings(FLOOD, 20_000)
    note = f"{FLOOD:,} readings, {COMMIT_AT:,} a commit"
    async with stores() as opened, asyncio.TaskGroup() as tasks:
        pauses: list[float] = []
        watching = tasks.create_task(_watch(pauses))
        start_bytes, start_s = written_bytes(os.getpid()), cpu_s(os.getpid())
        await take(opened, given, COMMIT_AT)
        used_s = cpu_s(os.getpid()) - start_s
        await opened.readings.checkpoint()
        written = written_bytes(os.getpid()) - start_bytes
        watching.cancel()
    return [
        Figure("written per reading, flood", written / FLOOD, "bytes", note),
        Figure("CPU per reading, flood", used_s / FLOOD * 1e6, "us", note),
        Figure("pause of the event loop, flood, p99", percentile(pauses, 99) * 1e3, "ms", note),
        Figure("pause of the event loop, flood, worst", max(pauses) * 1e3, "ms", note),
    ]


async def _watch(pauses: list[float]) -> None:
    """By how much a millisecond's sleep comes late."""
    while True:
        start = time.perf_counter()
        await asyncio.sleep(0.001)
        pauses.append(time.perf_counter() - start - 0.001)


async def steady() -> list[Figure]:
    """Processor time at 200 readings a second."""
    given = readings(STEADY * 100, STEADY)
    async with stores() as opened:
        start_s = cpu_s(os.getpid())
        await take(opened, given, STEADY)
        used_s = cpu_s(os.getpid()) - start_s
    return [Figure("CPU per reading, 200/s", used_s / len(given) * 1e6, "us", f"{len(given):,} readings, {STEADY} a commit")]


async def alerts() -> list[Figure]:
    """An alert's way to the disk, alone."""
    given = readings(SAVES, 1)
    waited: list[float] = []
    async with stores() as opened:
        start = written_bytes(os.getpid())
        for number, unnumbered in enumerate(given, 1):
            reading = structs.replace(unnumbered, seq=opened.readings.next_seq(), epoch=opened.readings.epoch)
            begun = time.perf_counter()
            await opened.alerts.save(
                Transaction(
                    alerts=[_alert(number, reading)],
                    events=[_event(number, reading)],
                    deliveries=[Delivery(event=number, channel="mqtt")],
                    referenced=[reading],
                    memories={"C0": bytes(60)},
                )
            )
            waited.append(time.perf_counter() - begun)
            opened.readings.add(reading)
        saved = written_bytes(os.getpid())
        for number in range(SAVES):
            await opened.alerts.save(Transaction(memories={f"C0:{number % WEARERS}": number.to_bytes(60, "big")}))
        remembered = written_bytes(os.getpid())
    note = f"{SAVES} alerts one by one"
    return [
        Figure("written per alert", (saved - start) / SAVES, "bytes", note),
        Figure("written per memory of a press or a counter", (remembered - saved) / SAVES, "bytes", f"{SAVES} one by one"),
        Figure("saving an alert, p50", percentile(waited, 50) * 1e3, "ms", note),
        Figure("saving an alert, p99", percentile(waited, 99) * 1e3, "ms", note),
    ]


def _alert(number: int, reading: Reading) -> Alert:
    return Alert(
        number=number,
        kind="sos",
        priority="critical",
        condition="active",
        workflow="raised",
        at_ms=NOW_MS,
        raised_ms=NOW_MS,
        rule=RuleRef(id="SOS", table="1"),
        wearer=reading.wearer,
        device=reading.device,
        readings=(reading,),
    )


def _event(number: int, reading: Reading) -> AlertEvent:
    return AlertEvent(alert=_alert(number, reading), event="raised", seq=number, at_ms=NOW_MS, text="Room 3-201: pressed SOS")


async def _measure() -> list[Figure]:
    return [*await trickle(), *await flood(), *await steady(), *await alerts()]


def main() -> int:
    """Prints a table, one for each page size; 1 where this machine cannot measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.store")
    parser.add_argument("--page-size", type=int, nargs="+", default=[opening.READINGS.schema.page_size])
    options = parser.parse_args()
    if reason := machine.unfit():
        print(reason, file=sys.stderr)
        return 1
    print("; ".join(f"{key} {value}" for key, value in machine.facts().items()))
    for page_size in options.page_size:
        opening.READINGS = replace(opening.READINGS, schema=replace(opening.READINGS.schema, page_size=page_size))
        opening.ALERTS = replace(opening.ALERTS, schema=replace(opening.ALERTS.schema, page_size=page_size))
        print("", f"Pages of {page_size} bytes", table(asyncio.run(_measure())), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
