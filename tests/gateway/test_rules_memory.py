"""What the rules remember goes to the disk: with what they tell, when a person closes it, now and then, and at the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.driver import Decoded
from drivers.measurement import Measurement
from gateway.commands import Command
from gateway.pipeline import MEMORY
from gateway.store.erase_alerts import erase
from tests.gateway.upper_half import STRAP, TestClock, UpperHalf, upper_half

MINUTE_S = 60
HOUR_S = 3600


async def measures(half: UpperHalf, kind: str, value: float) -> None:
    report = Decoded([Measurement(kind=kind, value=value)])  # type: ignore[arg-type]
    await half.reports(STRAP, "ble-heart-rate", report)


async def resolve(half: UpperHalf) -> None:
    (alert,) = half.desk.open_alerts
    name = f"xishan-01/{alert.epoch}/A{alert.number}"
    command = Command(id=f"c-{alert.number}", verb="resolve", args={"alert": name}, actor="Li")
    await half.desk.handlers["resolve"](command)


async def names(half: UpperHalf) -> list[str]:
    return sorted(name for name in await half.stores.alerts.memories() if name.startswith(MEMORY))


@pytest.mark.fault("process", "kill -9 while a rule has told of something", promise="not told twice")
async def test_what_was_told_is_remembered_over_a_kill(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await measures(half, "body_temperature", 34.8)
    clock.now_s += 35 * MINUTE_S

    async with upper_half(tmp_path, clock) as half:
        await half.pipeline.tick()
        await measures(half, "body_temperature", 34.7)
        (alert,) = half.desk.open_alerts

    assert (alert.priority, alert.unconfirmed) == ("critical", False)


async def test_a_wait_for_a_second_measurement_ends_when_it_would_have_ended(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await measures(half, "body_temperature", 34.8)
        due_ms = half.rules.next_ms()
    clock.now_s += 9 * MINUTE_S

    async with upper_half(tmp_path, clock) as half:
        assert half.rules.next_ms() == 0  # limits may be others now
        await half.pipeline.tick()
        assert half.rules.next_ms() == due_ms
        clock.now_s += MINUTE_S
        await half.pipeline.tick()
        (alert,) = half.desk.open_alerts

    assert alert.detail == "could_not_confirm"


async def test_what_a_person_closed_is_told_anew_in_its_time_over_a_kill(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        for _ in range(15):
            await measures(half, "heart_rate", 155)
            clock.now_s += MINUTE_S
        await resolve(half)
    clock.now_s += 10 * MINUTE_S

    async with upper_half(tmp_path, clock) as half:
        await measures(half, "heart_rate", 155)
        early = half.desk.open_alerts
        clock.now_s += 5 * MINUTE_S
        await half.pipeline.tick()
        (alert,) = half.desk.open_alerts

    assert early == []
    assert (alert.kind, alert.priority) == ("heart_rate", "critical")


async def test_readings_that_were_taken_before_the_kill_and_told_nothing_count_too(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        for _ in range(6):
            await measures(half, "heart_rate", 155)
            clock.now_s += MINUTE_S
        await half.stores.readings.flush()

    async with upper_half(tmp_path, clock) as half:
        for _ in range(5):
            await measures(half, "heart_rate", 155)
            clock.now_s += MINUTE_S
        (alert,) = half.desk.open_alerts

    assert alert.readings[-1].at_ms - alert.readings[0].at_ms == 10 * MINUTE_S * 1000


async def test_now_and_then_what_told_nothing_is_stored_too(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await measures(half, "heart_rate", 72)
        await half.pipeline.tick()
        before = await names(half)
        clock.now_s += 31 * MINUTE_S
        await half.pipeline.tick()
        after = await names(half)

    assert [name for name in before if "series" in name] == []
    assert [name for name in after if "series" in name] == ["rules series/heart_rate/W-003"]


async def test_at_the_end_everything_is_stored(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await measures(half, "heart_rate", 38)
        half.pipeline.remember()
    clock.now_s += HOUR_S

    async with upper_half(tmp_path, clock) as half:
        await measures(half, "heart_rate", 38)
        (alert,) = half.desk.open_alerts

    assert (alert.kind, alert.priority) == ("heart_rate", "critical")


async def test_who_is_erased_leaves_no_memory(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await measures(half, "body_temperature", 34.8)
        await measures(half, "body_temperature", 36.6)  # refuted 25 s later
        clock.now_s += MINUTE_S
        await measures(half, "body_temperature", 36.6)
        half.pipeline.remember()
        await half.desk.stored()
        before = await names(half)

        await erase(half.stores.alerts, "W-003")
        half.pipeline.forget("W-003")
        half.pipeline.remember()
        await half.desk.stored()
        after = await names(half)

    assert [name for name in before if "W-003" in name] != []
    assert [name for name in after if "W-003" in name] == []


async def test_a_damaged_memory_is_left_aside(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await measures(half, "body_temperature", 34.8)
        half.desk.remember({f"{MEMORY}series/body_temperature/W-003": b"x", f"{MEMORY}clock": b"yesterday"})
        await half.desk.stored()
    clock.now_s += HOUR_S

    async with upper_half(tmp_path, clock) as half:
        await measures(half, "body_temperature", 34.7)
        (alert,) = half.desk.open_alerts

    assert (alert.priority, alert.unconfirmed) == ("critical", False)  # the alert itself tells what was first
