"""A key that jams: all its presses are kept, and they are no more events than somebody can read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fake_devices import serial_hub_frames as frames
from fake_devices.serial_hub_frames import RecordValues
from gateway.alerts.repeated_calls import AT_ONCE, LONGEST_S
from gateway.commands import Command
from tests.gateway.upper_half import BAND, TestClock, UpperHalf, upper_half


class Key:
    """Of one band; each press has a record number of its own."""

    def __init__(self, half: UpperHalf) -> None:
        self._half, self._number = half, 0

    async def presses(self, times: int, every_s: float) -> None:
        """And time passes."""
        for _ in range(times):
            self._number += 1
            await self._half.streams(frames.record(BAND, self._number, RecordValues(sos=True)))
            self._half.clock.now_s += every_s
            await self._half.desk.tick()


def presses_told(half: UpperHalf) -> list[Any]:
    """The events that tell of presses, as they would be sent; in flight from now on."""
    return [told for told in half.told() if told.event in ("raised", "updated")]


def last_id(half: UpperHalf) -> str:
    """Of the last press, once all are on the disk."""
    return f"{half.stores.readings.origin}/{half.stores.readings.next_stored - 1}"


async def test_fifty_presses_are_fifty_events_at_once(half: UpperHalf) -> None:
    await Key(half).presses(50, every_s=1)

    assert len(presses_told(half)) == 50


async def test_six_hundred_presses_are_no_six_hundred_events_and_no_press_is_lost(half: UpperHalf) -> None:
    await Key(half).presses(600, every_s=1)
    half.clock.now_s += LONGEST_S
    for _ in range(2):  # the ladder's step comes first
        await half.desk.tick()

    told = presses_told(half)
    assert AT_ONCE < len(told) < AT_ONCE + 20
    await half.stores.readings.flush()
    assert half.stores.readings.counts().stored == 600
    assert told[-1].readings[-1].id == last_id(half)


async def test_a_key_that_jams_for_days_tells_at_most_every_five_minutes(half: UpperHalf) -> None:
    key = Key(half)
    await key.presses(200, every_s=30)
    presses_told(half)

    await key.presses(240, every_s=30)  # two hours

    assert 20 <= len(presses_told(half)) <= 7_200 / LONGEST_S + 1


async def test_the_first_press_after_somebody_answered_is_told_at_once(half: UpperHalf) -> None:
    key = Key(half)
    await key.presses(100, every_s=1)
    id_ = presses_told(half)[0].id
    command = Command(id="c-1", verb="acknowledge", args={"alert": id_}, actor="dispatcher-7")
    assert (await half.router.answer(command)).status == "done"

    await key.presses(1, every_s=0)

    assert len(presses_told(half)) == 1


async def test_a_press_after_a_quiet_time_is_told_at_once(half: UpperHalf) -> None:
    key = Key(half)
    await key.presses(100, every_s=1)
    half.clock.now_s += 700
    await half.desk.tick()
    half.clock.now_s += 700
    presses_told(half)

    await key.presses(1, every_s=0)

    assert len(presses_told(half)) == 1


@pytest.mark.parametrize("boot", ["boot-one", "boot-two"], ids=["the gateway", "the machine"])
async def test_what_was_not_told_yet_is_told_after_a_restart(tmp_path: Path, clock: TestClock, boot: str) -> None:
    async with upper_half(tmp_path, clock) as half:
        key = Key(half)
        await key.presses(70, every_s=1)
        presses_told(half)
        await half.stores.readings.flush()
        last = last_id(half)

    clock.boot = boot
    async with upper_half(tmp_path, clock) as half:
        clock.now_s += 100
        await half.desk.tick()
        told = presses_told(half)

    assert told[-1].readings[-1].id == last


async def test_calls_that_were_not_told_keep_nobody_awake_once_a_person_has_closed_their_alert(half: UpperHalf) -> None:
    key = Key(half)
    await key.presses(70, every_s=1)
    id_ = presses_told(half)[0].id  # which the platform never confirms: the alert stays in the book
    command = Command(id="c-1", verb="resolve", args={"alert": id_, "outcome": "false_alarm"}, actor="dispatcher-7")
    assert (await half.router.answer(command)).status == "done"
    half.clock.now_s += LONGEST_S

    await half.desk.tick()

    assert half.desk.next_step_s() is None
