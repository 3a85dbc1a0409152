"""What `./dev vm technician` tells of its stories, and what it does around the machine."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from drivers import all_drivers
from drivers.driver import SerialDriver
from drivers.measurement import Measurement
from tests.until import until
from tests.vm.technician import BANDS, Surroundings, rows, stories, table


def test_each_story_says_what_is_done_and_what_is_promised() -> None:
    told = [(story.what, story.promise) for story in stories()]

    assert len(told) == len(set(told)) > 10
    assert all(what and promise and not what.startswith("Promised") for what, promise in told)
    assert [story.boot for story in stories()] == sorted(story.boot for story in stories())


def test_a_story_that_did_not_come_to_its_end_is_a_broken_promise_and_those_behind_it_were_not_tried() -> None:
    first, second, *_ = stories()

    told = rows("trixie", {first.name: "20"})

    assert [(row.name, row.tried, row.other, row.said) for row in told] == [
        (f"trixie: {first.what}", 1, 0, "20 s"),
        (f"trixie: {second.what}", 1, 1, ""),
    ]
    assert [row.other for row in rows("trixie", {story.name: "1" for story in stories()})] == [0] * len(stories())


def test_the_table_tells_of_each_story_in_each_release() -> None:
    first, second, third, *_ = stories()

    lines = table({"bookworm": {first.name: "12", second.name: "7"}, "trixie": {first.name: "20"}}).splitlines()

    assert [line.split() for line in lines[1:4]] == [
        [first.name, "12", "s", "20", "s"],
        [second.name, "7", "s", "broken"],
        [third.name, "broken", "-"],
    ]


async def test_a_band_is_pressed_when_the_machine_asks_for_it(tmp_path: Path) -> None:
    async with asyncio.TaskGroup() as tasks:
        staying = tasks.create_task(Surroundings(tmp_path).stay())
        await until((tmp_path / "hub").exists, 30)
        hub, outside = (os.open(tmp_path / name, os.O_RDWR | os.O_NOCTTY) for name in ("hub", "outside"))
        before = await asyncio.to_thread(os.read, hub, 4096)
        os.write(outside, f"press {BANDS[0]}\r\n".encode())
        after = await asyncio.to_thread(os.read, hub, 4096)
        staying.cancel()
        os.close(hub)
        os.close(outside)

    assert said(before) == {(band, kind) for band in BANDS for kind in ("heart_rate", "worn")}
    assert (BANDS[0], "button") in said(after)


def said(line: bytes) -> set[tuple[str, str]]:
    """Of whom, and what, as the gateway understands it."""
    hub = next(driver for driver in all_drivers() if driver.name == "serial-hub")
    assert isinstance(hub, SerialDriver)
    return {(item.address, item.kind) for item in hub.decoder().feed(line) if isinstance(item, Measurement)}
