"""A month without a link: fifty bands speak, each of their wearers calls once, on a disk that holds a part of it.

python -m tests.app.month [SECONDS [MEGABYTES]]     between two readings of a band (10), that they may take (32); prints figures

Between two rounds of readings the wall clock is put forward, save a few seconds in which all jobs of the gateway run.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from gateway.store import opening
from gateway.store.space import MB
from tests.app.center import Band, Center, center
from tests.simulation.virtual_time import run

DAYS, BANDS, DAY_S = 30, 50, 86_400
ROUND_S = 5  # of the monotonic clock for each, or less
LEAST_MB = 16  # that the configuration takes
LOWEST, VALUES = 55, 40  # beats a minute at which no rule fires
SETTLED_S = 120  # then nothing comes twice, and a heartbeat has told of all

ROSTER = [Band(f"C0:FF:EE:00:01:{n:02X}", "serial-hub", f"W-1{n:02}", f"1-1{n:02}") for n in range(BANDS)]


class Month(NamedTuple):
    """What came of it. `largest`: bytes of readings.db at the end of a day, `journal`: of its journal; `told`: whose calls are
    alerts at the platform; `waiting`: alerts."""

    readings: int
    calls: int
    counts: dict[str, int]
    came: int
    gaps: int
    gap_kinds: set[str]
    calls_came: int
    told: set[str]
    faults: list[str]
    waiting: int
    largest: int
    journal: int


def a_month(folder: Path, each_s: int, quota: int) -> Month:
    """Each band tells a reading each so many seconds; the readings' file may have so many bytes."""
    months = list[Month]()

    async def play() -> None:
        months.append(await _a_month(folder, each_s))

    with pytest.MonkeyPatch.context() as smaller:
        smaller.setattr(opening, "MB", quota // LEAST_MB)
        run(play())
    return months[0]


async def _a_month(folder: Path, each_s: int) -> Month:
    async with center(folder) as place:
        place.roster, place.store["max_mb"] = ROSTER, LEAST_MB
        async with place.runs():
            place.platform.goes_away()
            sizes = [await _a_day(place, day, each_s) for day in range(DAYS)]
        said = DAYS * BANDS * (DAY_S // each_s)
        async with place.runs():  # a restart in the midst of it
            place.platform.comes_back()
            await place.comes(lambda: _came(place) + _missing(place) == said + BANDS, within_s=DAY_S)
            await asyncio.sleep(SETTLED_S)
        beat = place.platform.consumer.heartbeats[-1]
        readings = list(place.platform.consumer.readings())
        return Month(
            readings=said,
            calls=BANDS,
            counts=beat["counts"],
            came=len(readings),
            gaps=_missing(place),
            gap_kinds={gap["kind"] for gap in place.platform.consumer.gaps},
            calls_came=sum(one["kind"] == "button" for one in readings),
            told={one["wearer"] for one in place.events(event="raised", kind="sos")},
            faults=place.platform.consumer.faults,
            waiting=beat["queued"]["alerts"],
            largest=max(size for size, _ in sizes),
            journal=max(size for _, size in sizes),
        )


async def _a_day(place: Center, day: int, each_s: int) -> tuple[int, int]:
    """The bytes of the readings' file and of its journal after it. Some call on it, so that all have after the month."""
    callers = ROSTER[day * BANDS // DAYS : (day + 1) * BANDS // DAYS]
    for round_ in range(DAY_S // each_s):
        for number, band in enumerate(ROSTER):
            place.hub.says(band.address, heart_rate=LOWEST + (round_ * 7919 + number * 104_729) % VALUES)
        if callers:
            place.hub.presses(callers.pop().address)
        await asyncio.sleep(min(ROUND_S, each_s))
        if each_s > ROUND_S:
            place.clock.step_wall(each_s - ROUND_S)
    return _size(place.data / "readings.db"), _size(place.data / "readings.db-wal")


def _size(path: Path) -> int:
    return path.stat().st_size


def _came(place: Center) -> int:
    return len(place.platform.consumer)


def _missing(place: Center) -> int:
    return sum(gap["n"] for gap in place.platform.consumer.gaps)


def main(each_s: int = 10, megabytes: int = 32) -> None:
    """Prints what came of it."""
    begun_s = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        month = a_month(Path(folder), each_s, megabytes * MB)
    for name, figure in month._replace(told=set(map(str, [len(month.told)])))._asdict().items():
        print(f"{name:10} {figure}")
    print(f"{'processor':10} {time.process_time() - begun_s:.0f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
