"""Devices at serial ports in the pipeline: each by its own port, shared by those who sign in, thinned, each record once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import drivers
from drivers.driver import Advertisement, SerialDriver, Status
from drivers.measurement import BloodPressure, Measurement
from gateway.intake.sign_in import SignIns
from gateway.readings import Enrolment
from tests.gateway.upper_half import BAND, PENDANT, TestClock, UpperHalf, upper_half

HALL, NURSE, CLIP, MEMORY = "02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03", "02:00:00:00:00:04"
DOCKED = (
    Enrolment(address=HALL, driver="raycome-rbp", wearer="hall", room="hall", port="hall-cuff"),
    Enrolment(address=NURSE, driver="raycome-rbp", wearer="nurse", room="1-001", port="nurse-cuff"),
    Enrolment(address=CLIP, driver="contec-cms50", wearer="clip", room="1-001", port="clip"),
    Enrolment(address=MEMORY, driver="beurer-bm58", wearer="memory", room="1-001", port="memory"),
)
NARROWED = Enrolment(address=PENDANT, driver="bthome", wearer="W-002", room="3-202", sos_button=("long_press",))
PRESS = bytes.fromhex("0201060816d2fc4400073a01")  # BTHome, packet 7
LONG_PRESS = bytes.fromhex("0201060816d2fc4400083a04")


@pytest.fixture
async def half(tmp_path: Path, clock: TestClock) -> AsyncIterator[UpperHalf]:
    async with upper_half(tmp_path, clock, more=(*DOCKED, NARROWED), sign_ins=SignIns({"hall-cuff": 120, "clip": 120})) as half:
        yield half


def serial(name: str) -> SerialDriver:
    driver = drivers.driver(name)
    assert isinstance(driver, SerialDriver)
    return driver


def pressure(systolic: int = 128, *, history: bool = False) -> Measurement:
    return Measurement(kind="blood_pressure", value=BloodPressure(systolic, 82, pulse=71), history=history)


async def cuff(half: UpperHalf, measurement: Measurement, port: str = "hall-cuff") -> None:
    await half.brings(port, serial("raycome-rbp"), [measurement])


async def presses(half: UpperHalf, data: bytes = PRESS) -> None:
    await half.hears(Advertisement(data, PENDANT))


async def whose(half: UpperHalf) -> list[str]:
    return [reading.wearer for reading in await half.kept() if reading.kind == "blood_pressure"]


# --- which device ---


async def test_two_devices_with_the_same_driver_are_told_apart_by_their_ports(half: UpperHalf) -> None:
    await cuff(half, pressure(121), "hall-cuff")
    await cuff(half, pressure(122), "nurse-cuff")

    assert [(reading.wearer, reading.device, reading.value.systolic) for reading in await half.kept()] == [
        ("hall", HALL, 121),
        ("nurse", NURSE, 122),
    ]


async def test_what_comes_from_a_port_where_nothing_is_docked_is_not_kept(half: UpperHalf) -> None:
    await cuff(half, pressure(), "other")

    assert await half.kept() == []
    assert half.stores.readings.counts().received == 0


# --- whose measurement ---


async def test_without_a_sign_in_it_belongs_to_the_device_itself(half: UpperHalf) -> None:
    await cuff(half, pressure())

    (reading,) = await half.kept()
    assert (reading.wearer, reading.device) == ("hall", HALL)


async def test_who_pressed_their_band_before_is_the_one_who_is_measured(half: UpperHalf) -> None:
    await presses(half)
    half.clock.now_s += 70

    await cuff(half, pressure())

    press, reading = await half.kept()
    assert (press.kind, press.wearer) == ("button", "W-002")
    assert (reading.wearer, reading.device, reading.driver) == ("W-002", HALL, "raycome-rbp")
    assert half.told() == []


async def test_an_alert_of_what_was_measured_names_the_wearer_and_their_room(half: UpperHalf) -> None:
    await presses(half)

    await cuff(half, pressure(195))

    (alert,) = half.told()
    assert (alert.kind, alert.wearer, alert.room, alert.device) == ("blood_pressure", "W-002", "3-202", HALL)


async def test_after_two_minutes_a_sign_in_is_over(half: UpperHalf) -> None:
    await presses(half)
    half.clock.now_s += 121

    await cuff(half, pressure())

    assert await whose(half) == ["hall"]


async def test_a_press_that_is_an_sos_stays_one_beside_a_booth_and_signs_nobody_in(half: UpperHalf) -> None:
    await presses(half, LONG_PRESS)
    half.clock.now_s += 60

    await cuff(half, pressure())

    assert [(alert.kind, alert.wearer) for alert in half.told()] == [("sos", "W-002")]
    assert await whose(half) == ["hall"]


async def test_on_a_pendant_that_is_not_narrowed_every_press_is_an_sos_and_none_a_sign_in(
    tmp_path: Path, clock: TestClock
) -> None:
    async with upper_half(tmp_path, clock, more=DOCKED, sign_ins=SignIns({"hall-cuff": 120})) as half:
        await presses(half)

        await cuff(half, pressure())

        assert [alert.kind for alert in half.told()] == ["sos"]
        assert await whose(half) == ["hall"]


async def test_one_press_that_is_sent_tens_of_times_is_one_sign_in(half: UpperHalf) -> None:
    for _ in range(20):
        await presses(half)
        half.clock.now_s += 0.5
    await cuff(half, pressure())
    half.clock.now_s += 20
    await presses(half)  # the same packet again, within its silence

    await cuff(half, pressure())

    assert await whose(half) == ["W-002", "hall"]


async def test_a_device_that_is_not_shared_asks_nobody(half: UpperHalf) -> None:
    await presses(half)

    await cuff(half, pressure(), "nurse-cuff")

    assert await whose(half) == ["nurse"]


async def test_what_a_shared_device_had_stored_is_of_nobody_who_sits_there_now(half: UpperHalf) -> None:
    await presses(half)

    await cuff(half, pressure(history=True))
    await cuff(half, pressure())

    assert await whose(half) == ["hall", "W-002"]


async def test_a_press_that_was_stored_in_a_band_signs_nobody_in(half: UpperHalf) -> None:
    old = Measurement(kind="button", value="press", address=BAND, record=1, event=1, age_s=7200, history=True)
    await half.brings("hall-hub", serial("serial-hub"), [old])

    await cuff(half, pressure())

    assert await whose(half) == ["hall"]


async def test_what_two_people_measure_at_one_device_is_no_jump(half: UpperHalf) -> None:
    await cuff(half, pressure(120))
    half.clock.now_s += 30
    await presses(half)

    await cuff(half, pressure(165))

    assert [reading.quality for reading in await half.kept() if reading.kind == "blood_pressure"] == [[], []]


# --- how much of it ---


async def test_an_oximeter_that_says_sixty_a_second_is_kept_once_a_second_and_every_value_is_accounted_for(
    half: UpperHalf,
) -> None:
    for _ in range(180):
        half.clock.now_s += 1 / 60
        await half.brings(
            "clip",
            serial("contec-cms50"),
            [Measurement(kind="heart_rate", value=72), Measurement(kind="oxygen_saturation", value=97)],
        )
    await half.brings("clip", serial("contec-cms50"), [Status({"finger_out": True})])

    assert len(await half.kept()) == 2 * 4, "the first, three seconds, and nothing twice"
    counts = half.stores.readings.counts()
    assert (counts.received, counts.rejected) == (2 * 180, {"duplicate": 2 * 180 - 2 * 4})


async def test_what_was_held_back_is_kept_when_the_port_falls_silent(half: UpperHalf) -> None:
    for bpm in (72, 73):
        await half.brings("clip", serial("contec-cms50"), [Measurement(kind="heart_rate", value=bpm)])
    half.clock.now_s += 5

    await half.intake.tick()

    assert [reading.value for reading in await half.kept()] == [72, 73]


async def test_a_record_that_a_cuff_tells_again_counts_once_over_restarts_too(tmp_path: Path, clock: TestClock) -> None:
    at = datetime.fromtimestamp(clock.wall_ms() / 1000 - 86_400, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    record = Measurement(kind="blood_pressure", value=BloodPressure(128, 82), history=True, device_time=at, record=2**63 + 7)
    for life in range(2):
        async with upper_half(tmp_path, clock, more=DOCKED) as half:
            await half.brings("memory", serial("beurer-bm58"), [record])
            await half.intake.stored()
            await half.brings("memory", serial("beurer-bm58"), [record])

            assert len(await half.kept()) == 1, life
            assert half.stores.readings.counts().rejected == {"duplicate": 1 + 2 * life}


@pytest.mark.fault("power", "a record is lost with the power, and its device tells it again", promise="it counts")
async def test_a_record_whose_reading_was_lost_with_the_power_counts_when_it_is_told_again(
    tmp_path: Path, clock: TestClock
) -> None:
    record = Measurement(kind="blood_pressure", value=BloodPressure(128, 82), history=True, record=7)
    async with upper_half(tmp_path / "lost", clock, more=DOCKED) as half:
        await half.brings("memory", serial("beurer-bm58"), [record])

        assert await half.stores.alerts.memories() == {}, "not known before its reading is on the disk"
