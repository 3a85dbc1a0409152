"""The way of an SOS from the port to the broker enters each room once; the page of the architecture draws this trace."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from fake_devices import serial_hub_frames
from tests.app.center import HUB_BAND, center
from tests.app.trace import HANDED_ON, Door, Trace
from tests.make_architecture import PAGE
from tests.simulation.virtual_time import run

BEGIN, END = "<!-- trace: begin -->", "<!-- trace: end -->"


def doors(folder: Path) -> list[Door]:
    """The doors that one press goes through."""

    async def story() -> list[Door]:
        press = serial_hub_frames.record(HUB_BAND, 1, {"sos": True})
        async with center(folder) as place, place.runs():
            with Trace(press) as trace:
                place.hub.presses(HUB_BAND, records=1)
                await place.alert(kind="sos", within_s=2)
        return trace.doors

    return run(story())


def test_an_sos_enters_each_room_once_and_never_goes_back_up(tmp_path: Path) -> None:
    way = doors(tmp_path)

    entered = [door for door in way if door.room in HANDED_ON]
    assert [(door.before, door.room) for door in entered] == list(pairwise(HANDED_ON))


def test_the_drawing_on_the_page_is_this_trace(tmp_path: Path) -> None:
    drawn = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]

    assert drawn.strip().splitlines()[1:-1] == drawing(doors(tmp_path))


def drawing(way: list[Door]) -> list[str]:
    """One line a door."""
    return [f"{door.before:>9} ──> {door.room:<14} {door.function}" for door in way]
