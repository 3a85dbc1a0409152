"""The ways of an SOS, a reading and a command enter each room once; the page of the architecture draws these traces."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from fake_devices import serial_hub_frames
from tests.app.center import HUB_BAND, center
from tests.app.trace import Door, Trace, Way, of_command, of_reading, of_sos
from tests.make_architecture import PAGE
from tests.simulation.virtual_time import run


class Walked:
    """A way, and the doors that it went through."""

    def __init__(self, way: Way, doors: list[Door]) -> None:
        self.rooms, self.doors = way.rooms, doors


def sos(folder: Path) -> Walked:
    """One press."""

    async def story() -> Walked:
        way = of_sos(serial_hub_frames.record(HUB_BAND, 1, {"sos": True}))
        async with center(folder) as place, place.runs():
            with Trace(way) as trace:
                place.hub.presses(HUB_BAND, records=1)
                await place.alert(kind="sos", within_s=2)
        return Walked(way, trace.doors)

    return run(story())


def reading(folder: Path) -> Walked:
    """One heart rate."""

    async def story() -> Walked:
        way = of_reading(serial_hub_frames.record(HUB_BAND, 1, {"heart_rate": 71}))
        async with center(folder) as place, place.runs():
            with Trace(way) as trace:
                place.hub.says(HUB_BAND, heart_rate=71)
                await place.comes(lambda: len(place.platform.consumer) == 1)
        return Walked(way, trace.doors)

    return run(story())


def command(folder: Path) -> Walked:
    """One acknowledgement."""

    async def story() -> Walked:
        way = of_command()
        async with center(folder) as place, place.runs():
            place.hub.presses(HUB_BAND)
            alert = await place.alert(kind="sos", within_s=2)
            with Trace(way) as trace:
                await place.reply(place.platform.commands("acknowledge", {"alert": alert["id"]}))
        return Walked(way, trace.doors)

    return run(story())


WAYS = pytest.mark.parametrize("walk", [sos, reading, command], ids=lambda walk: walk.__name__)


@WAYS
def test_it_enters_each_room_once_and_never_goes_back_up(tmp_path: Path, walk: Callable[[Path], Walked]) -> None:
    walked = walk(tmp_path)

    entered = [door for door in walked.doors if door.room in walked.rooms]
    assert [(door.before, door.room) for door in entered] == list(pairwise(walked.rooms))


@WAYS
def test_the_drawing_on_the_page_is_this_trace(tmp_path: Path, walk: Callable[[Path], Walked]) -> None:
    begin, end = f"<!-- trace of {walk.__name__}: begin -->", f"<!-- trace of {walk.__name__}: end -->"
    drawn = PAGE.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0]

    assert drawn.strip().splitlines()[1:-1] == drawing(walk(tmp_path).doors)


def drawing(way: list[Door]) -> list[str]:
    """One line a door."""
    return [f"{door.before:>9} ──> {door.room:<14} {door.function}" for door in way]
