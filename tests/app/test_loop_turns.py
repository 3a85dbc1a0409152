"""How often a flow of readings wakes the gateway up, counted: at 200 readings a second that is most of what one costs."""

from __future__ import annotations

import asyncio
from pathlib import Path

from fake_devices import serial_hub_frames
from tests.app.center import HUB_BAND, center
from tests.loop_turns import turns_within
from tests.simulation.virtual_time import run

PER_S, SECONDS = 200, 5
QUIET_S, QUIET_TURNS = 600, 1.3  # turns a second where nothing happens: each wakes the processor of a box that is on for years
TURNS = 0.3  # a reading: 20 times a second the line has rested, is read, and what came is written beside the commits


def test_a_flow_of_readings_turns_the_loop_less_than_once_for_three_readings(tmp_path: Path) -> None:
    async def turns_of_the_gateway() -> float:
        async with center(tmp_path) as place, place.runs():
            await asyncio.sleep(10)  # whatever a start has to do is done
            loop = asyncio.get_running_loop()
            for number in range(PER_S * SECONDS):
                frame = serial_hub_frames.record(HUB_BAND, number, {"heart_rate": 60 + number % 20})
                loop.call_later(number / PER_S, place.hub.line.write, frame)
            turns = await turns_within(SECONDS)
            return turns - PER_S * SECONDS  # the hub's own, which writes each frame by itself

    assert run(turns_of_the_gateway()) < TURNS * PER_S * SECONDS


def test_a_house_where_nothing_happens_turns_the_loop_a_few_times_a_second(tmp_path: Path) -> None:
    async def turns_of_the_gateway() -> float:
        async with center(tmp_path) as place, place.runs():
            await asyncio.sleep(10)  # whatever a start has to do is done
            return await turns_within(QUIET_S)

    assert run(turns_of_the_gateway()) < QUIET_TURNS * QUIET_S
