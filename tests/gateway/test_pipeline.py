"""The journey of one frame, on real drivers, rules and databases."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from drivers.advertisements import bthome
from drivers.driver import Advertisement, Decoded
from drivers.measurement import BloodPressure, Measurement, Position
from fake_devices import serial_hub_frames as frames
from fake_devices.serial_hub_frames import RecordValues
from gateway.errors import StoreBroken
from gateway.settings.shipped import shipped_table
from gateway.store import refusing_disk
from gateway.store.connection import Work
from tests.gateway.upper_half import BAND, PENDANT, STRAP, TestClock, UpperHalf, upper_half

STRANGER = "C0:FF:EE:99:99:99"
PRESS = bytes.fromhex("0201060816d2fc4400073a01")  # BTHome, packet 7, press
TWO_PRESSES = bytes.fromhex("0201060a16d2fc4400073a013a01")  # of two keys
SECOND_PRESS = bytes.fromhex("0201060816d2fc4400083a01")
ENCRYPTED_40 = bytes.fromhex("0201061216d2fc45bce408d70a2788130000a3dbc6de")  # counter 5000: battery and a press
ENCRYPTED_41 = bytes.fromhex("0201061216d2fc450594ad8eadd389130000986076e6")  # counter 5001
KEY = bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")


def record(number: int, address: str = BAND, **told: object) -> bytes:
    return frames.record(address, number, RecordValues(**told))  # type: ignore[typeddict-item]


async def test_a_calm_reading_is_kept_with_wearer_and_times_and_raises_nothing(half: UpperHalf) -> None:
    await half.streams(record(1, heart_rate=72, age_s=30))

    (reading,) = await half.kept()
    assert (reading.wearer, reading.device, reading.kind, reading.value, reading.unit) == (
        "W-001",
        BAND,
        "heart_rate",
        72,
        "/min",
    )
    assert reading.at < reading.received_at
    assert half.told() == []


async def test_a_press_is_an_alert_on_the_disk_before_its_reading_is(half: UpperHalf) -> None:
    await half.streams(record(1, sos=True, heart_rate=96, position=(30.53, 120.68, 15, 42)))

    (alert,) = await half.stores.alerts.open_alerts()
    assert (alert.kind, alert.priority, alert.wearer, alert.room, alert.device) == ("sos", "critical", "W-001", "3-201", BAND)
    assert half.stores.readings.counts().stored == 0
    (told,) = half.told()
    assert (told.event, told.workflow, told.readings[0].value) == ("raised", "sent", "sos")
    assert told.position is not None
    assert told.position.age_s == 42


async def test_the_reading_of_a_press_has_the_number_that_its_alert_names(half: UpperHalf) -> None:
    await half.streams(record(1, heart_rate=70) + record(2, sos=True) + record(3, heart_rate=71))

    (told,) = half.told()
    press = next(reading for reading in await half.kept() if reading.kind == "button")
    assert press.id == told.readings[0].id


async def test_a_record_that_the_hub_repeats_is_one_press(half: UpperHalf) -> None:
    await half.streams(3 * record(1, sos=True, heart_rate=96))

    assert [told.event for told in half.told()] == ["raised"]
    await half.kept()
    counts = half.stores.readings.counts()
    assert (counts.received, counts.stored, counts.rejected) == (6, 2, {"duplicate": 4})


async def test_a_press_with_the_number_of_a_measurement_before_the_battery_was_changed_is_heard(half: UpperHalf) -> None:
    await half.streams(record(1, heart_rate=70))
    await half.streams(record(1, sos=True))  # the band counts anew

    assert [told.event for told in half.told()] == ["raised"]
    assert half.stores.readings.counts().rejected == {}


async def test_the_next_press_two_seconds_later_is_told_in_the_same_alert(half: UpperHalf) -> None:
    await half.streams(record(1, sos=True))
    half.clock.now_s += 2

    await half.streams(record(2, sos=True))

    first, second = half.told()
    assert (first.id, first.event, second.id, second.event) == (second.id, "raised", first.id, "updated")
    assert len(second.readings) == 2


async def test_two_presses_out_of_one_read_are_both_in_the_alert(half: UpperHalf) -> None:
    await half.streams(record(1, sos=True) + record(2, sos=True))

    first, second = half.told()
    assert (len(first.readings), len(second.readings)) == (1, 2)


async def test_after_a_kill_the_old_press_does_not_ring_again_and_a_new_one_does(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await half.streams(record(1, sos=True))
    clock.now_s += 3

    async with upper_half(tmp_path, clock) as half:
        await half.streams(record(1, sos=True))
        events_after_the_repeat = [told.event for told in half.told()]
        await half.streams(record(2, sos=True))

        assert events_after_the_repeat == ["raised"]  # that of before, which nobody has confirmed
        assert [told.event for told in half.told()] == ["updated"]


async def test_a_source_that_is_stopped_loses_nothing_of_what_it_has_read(half: UpperHalf) -> None:
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(half.streams(record(1, sos=True) + record(2, PENDANT, sos=True) + record(3, heart_rate=70)))
        await asyncio.sleep(0)  # it has begun, and waits for the disk

        reading.cancel()

    await half.desk.stored()  # as the store's own job sees to it
    assert [told.wearer for told in half.told()] == ["W-001", "W-002"]
    assert [kept.kind for kept in await half.kept()] == ["button", "button", "heart_rate"]


async def test_a_fall_is_an_alert_at_once(half: UpperHalf) -> None:
    await half.streams(record(1, fall=True))

    (told,) = half.told()
    assert (told.kind, told.priority) == ("fall", "critical")


async def test_a_pendant_that_sends_one_press_tens_of_times_rings_once(half: UpperHalf) -> None:
    for _ in range(40):
        await half.hears(Advertisement(PRESS, PENDANT))
        half.clock.now_s += 0.1

    assert [told.kind for told in half.told()] == ["sos"]


async def test_the_next_press_of_a_pendant_rings_too(half: UpperHalf) -> None:
    await half.hears(Advertisement(PRESS, PENDANT))
    half.clock.now_s += 2

    await half.hears(Advertisement(SECOND_PRESS, PENDANT))

    assert [told.event for told in half.told()] == ["raised", "updated"]


@pytest.mark.fault("bytes from outside", "a recorded press is played back", promise="refused")
async def test_an_encrypted_pendant_is_heard_with_its_key_and_a_replay_is_refused(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock, key=KEY) as half:
        await half.hears(Advertisement(ENCRYPTED_41, PENDANT))
        await half.hears(Advertisement(ENCRYPTED_40, PENDANT))

        assert [told.event for told in half.told()] == ["raised"]
        await half.kept()
        assert half.stores.readings.counts().rejected == {"replayed": 1}


async def test_a_record_that_the_hub_repeats_after_a_restart_counts_once(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await half.streams(record(7, sos=True, heart_rate=70))
        await half.streams(record(8, heart_rate=71))

    clock.now_s += 50
    async with upper_half(tmp_path, clock) as half:
        await half.streams(record(7, sos=True, heart_rate=70))
        await half.streams(record(8, heart_rate=71))
        await half.streams(record(9, heart_rate=72))

        assert [told.event for told in half.told()] == ["raised"]
        assert [kept.value for kept in await half.kept() if kept.kind == "heart_rate"] == [70, 71, 72]
        assert half.stores.readings.counts().rejected == {"duplicate": 3}


async def test_a_record_with_the_number_of_one_from_before_a_reboot_is_another(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await half.streams(record(8, heart_rate=71))

    clock.now_s = 20
    async with upper_half(tmp_path, clock) as half:
        await half.streams(record(8, heart_rate=72))

        assert [kept.value for kept in await half.kept()] == [71, 72]


async def test_the_replay_counter_survives_a_restart(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock, key=KEY) as half:
        await half.hears(Advertisement(ENCRYPTED_41, PENDANT))

    async with upper_half(tmp_path, clock, key=KEY) as half:
        await half.hears(Advertisement(ENCRYPTED_40, PENDANT))
        await half.stores.readings.flush()

        assert half.stores.readings.counts().rejected == {"replayed": 1}


async def test_an_unknown_bands_press_becomes_the_alert_unregistered_device(half: UpperHalf) -> None:
    await half.hears(Advertisement(PRESS, STRANGER))
    await half.intake.unregistered_calls.tell()

    assert [(alert.kind, alert.detail, alert.device) for alert in half.told()] == [
        ("technical", "unregistered_device", STRANGER)
    ]
    assert await half.kept() == []
    assert half.stores.readings.counts().received == 0


async def test_what_a_stranger_measures_is_not_kept(half: UpperHalf) -> None:
    await half.streams(record(1, STRANGER, heart_rate=200))

    assert half.told() == []
    assert await half.kept() == []


@pytest.mark.fault("bytes from outside", "thousands of invented addresses", promise="nothing grows")
async def test_thousands_of_invented_strangers_grow_nothing(half: UpperHalf) -> None:
    for number in range(2_000):
        address = f"C0:00:00:00:{number >> 8:02X}:{number & 255:02X}"
        await half.hears(Advertisement(bytes.fromhex("0201060816d2fc4400073a00"), address))

    assert half.told() == []


async def test_an_implausible_value_is_kept_marked_and_alerts_as_no_usable_value_only(half: UpperHalf) -> None:
    for number in range(10):
        await half.streams(record(number, heart_rate=250))
        half.clock.now_s += 60

    kept = await half.kept()
    assert [reading.quality for reading in kept] == 10 * [["invalid:out_of_range"]]
    assert [(told.kind, told.priority) for told in half.told()] == [("no_usable_value", "warning")]


async def test_a_high_pressure_is_unconfirmed_until_it_is_measured_again(half: UpperHalf) -> None:
    await half.streams(record(1, blood_pressure=(212, 101)))
    half.clock.now_s += 90
    await half.streams(record(2, blood_pressure=(210, 100)))

    first, second = half.told()
    assert (first.kind, first.event, first.unconfirmed, first.priority) == ("blood_pressure", "raised", True, "warning")
    assert (second.id, second.event, second.unconfirmed, second.priority) == (first.id, "escalated", False, "critical")
    assert {reading.id for reading in second.readings} == {reading.id for reading in await half.kept()}


async def test_what_a_connected_band_reports_goes_the_same_way(half: UpperHalf) -> None:
    decoded = Decoded([Measurement(kind="heart_rate", value=64), Measurement(kind="worn", value=True)])

    await half.reports(STRAP, "ble-heart-rate", decoded)

    assert [(reading.wearer, reading.kind) for reading in await half.kept()] == [("W-003", "worn"), ("W-003", "heart_rate")]


async def test_a_stored_record_is_corrected_by_the_clock_offset_that_was_seen(half: UpperHalf) -> None:
    pressure = BloodPressure(systolic=131, diastolic=84)
    hour_ahead = half.clock.wall_ms() // 1000 + 3600
    stamp = datetime.fromtimestamp(hour_ahead, UTC).isoformat().replace("+00:00", "Z")
    half.intake.on_clock_ahead(STRAP, 3600)

    await half.reports(
        STRAP, "ble-heart-rate", Decoded([Measurement(kind="blood_pressure", value=pressure, device_time=stamp)])
    )

    (reading,) = await half.kept()
    assert reading.at[:19] == reading.received_at[:19]
    assert reading.quality == ["corrected_time"]


@pytest.mark.parametrize(
    "nonsense",
    [
        Measurement(kind="heart_rate", value="fast"),
        Measurement(kind="heart_rate", value=float("nan")),
        Measurement(kind="blood_pressure", value=128),
        Measurement(kind="blood_pressure", value=BloodPressure(float("inf"), 82)),
        Measurement(kind="worn", value=1),
        Measurement(kind="fall", value=False),
        Measurement(kind="button", value="panic"),
        Measurement(kind="mood", value=3),  # type: ignore[arg-type]  # what another package may do
        "a heart rate",
    ],
    ids=str,
)
async def test_a_driver_that_tells_nonsense_costs_no_more_than_that(half: UpperHalf, nonsense: Any) -> None:
    await half.reports(STRAP, "ble-heart-rate", Decoded([nonsense, Measurement(kind="heart_rate", value=64)]))

    assert [(kept.kind, kept.value) for kept in await half.kept()] == [("heart_rate", 64)]
    assert half.stores.readings.counts().rejected == {"unsupported": 1}


async def test_a_driver_that_gives_no_answer_at_all_costs_only_its_own_frame(tmp_path: Path, clock: TestClock) -> None:
    silent = replace(bthome.DRIVER, name="silent", decode=lambda _advertisement, _key: None)  # another package may do that

    async with upper_half(tmp_path, clock, pendant="silent", more_drivers=(silent,)) as half:
        await half.hears(Advertisement(PRESS, PENDANT))
        await half.streams(record(1, heart_rate=70))

        assert [kept.value for kept in await half.kept()] == [70]
        assert half.stores.readings.counts().rejected == {"unsupported": 1}


async def test_every_refused_frame_is_counted(half: UpperHalf) -> None:
    broken = bytearray(record(1, heart_rate=70))
    broken[3] ^= 1

    await half.streams(bytes(broken) + b"\x01\x01\x00")
    await half.stores.readings.flush()

    counts = half.stores.readings.counts()
    assert counts.received == sum(counts.rejected.values()) == 2


async def test_it_is_known_how_long_ago_each_band_was_heard(half: UpperHalf) -> None:
    await half.streams(record(1, heart_rate=70))
    half.clock.now_s += 100

    assert (half.intake.heard_ago_s(BAND), half.intake.heard_ago_s(STRAP)) == (100, None)


# --- a reading and the alert that it is a reason for ---


@pytest.mark.parametrize("reason", [{"sos": True}, {"blood_pressure": (192, 101)}], ids=["a press", "a measurement"])
@pytest.mark.fault("power", "the power is cut between an alert and its reading", promise="never a reading without its alert")
async def test_no_reading_is_on_the_disk_before_the_alert_that_it_is_the_reason_of(
    half: UpperHalf, monkeypatch: pytest.MonkeyPatch, reason: dict[str, Any]
) -> None:
    begun, gate = asyncio.Event(), asyncio.Event()
    readings, alerts = half.stores.readings, half.stores.alerts._database
    write = alerts.write

    async def hanging(work: Work[None]) -> None:
        begun.set()
        await gate.wait()
        await write(work)

    monkeypatch.setattr(alerts, "write", hanging)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(readings.run())
        await half.streams(record(1, heart_rate=70))
        pressing = tasks.create_task(half.streams(record(2, **reason)))
        await begun.wait()
        more = tasks.create_task(half.streams(record(3, PENDANT, heart_rate=71)))
        await readings.wait_beyond(0)
        before = readings.counts().stored

        gate.set()
        await pressing
        await more
        await readings.flush()
        running.cancel()

    assert (before, readings.counts().stored) == (1, 3)
    (alert,) = await half.stores.alerts.open_alerts()
    assert alert.readings == tuple([one async for one in readings.recent(0) if one.kind != "heart_rate"])


@pytest.mark.parametrize("frame", [{"sos": True}, {"heart_rate": 70}], ids=["a call for help", "another reading"])
async def test_a_reading_whose_way_ends_with_an_error_keeps_no_number_in_hand(
    half: UpperHalf, monkeypatch: pytest.MonkeyPatch, frame: dict[str, Any]
) -> None:
    def fails(*_: object) -> None:
        raise LookupError("a bug")

    monkeypatch.setattr(half.rules, "take", fails)
    monkeypatch.setattr(half.rules, "call_for_help", fails)
    with pytest.raises(LookupError):
        await half.streams(record(1, **frame))
    monkeypatch.undo()

    await half.streams(record(2, heart_rate=71))

    assert [kept.id.rpartition("/")[2] for kept in await half.kept()] == ["1", "2"]


async def test_a_scan_that_is_stopped_while_an_alert_is_stored_loses_no_press_of_the_frame(half: UpperHalf) -> None:
    async with asyncio.TaskGroup() as tasks:
        hearing = tasks.create_task(half.hears(Advertisement(TWO_PRESSES, PENDANT)))
        await asyncio.sleep(0)  # it has begun, and waits for the disk

        hearing.cancel()

    await half.desk.stored()  # as the store's own job sees to it
    assert [told.event for told in half.told()] == ["raised", "updated"]
    assert [kept.kind for kept in await half.kept()] == ["button", "button"]


async def test_a_connection_that_is_stopped_while_an_alert_is_stored_loses_nothing_of_the_report(half: UpperHalf) -> None:
    report = Decoded([Measurement(kind="heart_rate", value=64), Measurement(kind="fall", value=True)])
    async with asyncio.TaskGroup() as tasks:
        hearing = tasks.create_task(half.reports(STRAP, "ble-heart-rate", report))
        await asyncio.sleep(0)  # it has begun, and waits for the disk

        hearing.cancel()

    await half.desk.stored()  # as the store's own job sees to it
    assert [told.kind for told in half.told()] == ["fall"]
    assert [kept.kind for kept in await half.kept()] == ["fall", "heart_rate"]


# --- where help is needed ---


async def test_a_call_for_help_tells_the_room_of_the_band_and_where_its_wearer_was(half: UpperHalf) -> None:
    half.roster.replace(
        {"C0:FF:EE:00:00:09": replace(half.roster.bands[BAND], address="C0:FF:EE:00:00:09", room="bath")} | half.roster.bands
    )
    await half.streams(record(1, position=(30.53, 120.68, 15, 0)))

    await half.streams(record(2, "C0:FF:EE:00:00:09", sos=True))
    await half.streams(record(3, PENDANT, sos=True))

    (of_the_bath, of_another) = half.told()
    assert (of_the_bath.room, of_the_bath.position.latitude) == ("bath", 30.53)
    assert (of_another.room, of_another.position) == ("3-202", None)


async def test_a_place_that_cannot_be_is_where_nobody_was(half: UpperHalf) -> None:
    for latitude, longitude in ((30.53, 120.68), (0, 0)):
        place = Measurement(kind="position", value=Position(latitude, longitude))
        await half.reports(STRAP, "ble-heart-rate", Decoded([place]))

    await half.reports(STRAP, "ble-heart-rate", Decoded([Measurement(kind="fall", value=True)]))

    (told,) = half.told()
    assert told.position.latitude == 30.53


async def test_where_somebody_was_is_known_after_a_restart(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await half.streams(record(1, position=(30.53, 120.68, 15, 0)))

    async with upper_half(tmp_path, clock) as half:
        await half.streams(record(2, sos=True))

        (told,) = half.told()
        assert told.position.latitude == 30.53


# --- the roster and the rules change while everything runs ---


async def test_after_a_change_of_the_roster_the_next_frame_follows_it(half: UpperHalf) -> None:
    newcomer = replace(half.roster.bands[BAND], address=STRANGER, wearer="W-009", room="3-209")
    half.roster.replace({STRANGER: newcomer})

    await half.streams(record(1, STRANGER, heart_rate=70) + record(1, BAND, heart_rate=71) + record(2, STRANGER, sos=True))
    await half.reports(STRAP, "ble-heart-rate", Decoded([Measurement(kind="heart_rate", value=64)]))

    assert [(kept.wearer, kept.kind) for kept in await half.kept()] == [("W-009", "heart_rate"), ("W-009", "button")]
    assert [(told.kind, told.wearer, told.room) for told in half.told()] == [("sos", "W-009", "3-209")]


async def test_a_band_that_was_unenrolled_still_calls_for_help_as_an_unregistered_device(half: UpperHalf) -> None:
    half.roster.replace({})

    await half.hears(Advertisement(PRESS, PENDANT))
    await half.intake.unregistered_calls.tell()

    assert [(told.detail, told.device) for told in half.told()] == [("unregistered_device", PENDANT)]


async def test_what_was_known_of_a_band_is_forgotten_with_its_enrolment(half: UpperHalf) -> None:
    await half.streams(record(1, heart_rate=70))
    others = {address: band for address, band in half.roster.bands.items() if address != BAND}

    half.roster.replace(others)
    await half.intake.tick()
    await half.pipeline.tick()

    assert half.intake.heard_ago_s(BAND) is None
    assert half.pipeline.last_readings.of(BAND) == ()


async def test_other_limits_hold_from_the_next_reading(half: UpperHalf) -> None:
    await half.streams(record(1, blood_pressure=(155, 85)))
    half.rules.use(shipped_table().with_overrides({"blood_pressure": {"systolic_warning_high": 150}}, {}))
    assert half.told() == []

    half.clock.now_s += 10
    await half.streams(record(2, blood_pressure=(155, 85)))

    assert [(told.kind, told.unconfirmed) for told in half.told()] == [("blood_pressure", True)]


@pytest.mark.fault(
    "power",
    "the power is cut after the alert and before the readings are synced",
    promise="the reading that the alert names is there, under its number",
)
async def test_what_an_alert_names_is_there_after_a_power_cut_with_its_number(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path / "before", clock) as half:
        await half.streams(record(1, heart_rate=70) + record(2, blood_pressure=(192, 101)) + record(3, sos=True))
        shutil.copytree(tmp_path / "before", tmp_path / "after")
        named = {reading.id for alert in half.told() for reading in alert.readings}

    async with upper_half(tmp_path / "after", clock) as half:
        await half.streams(record(4, heart_rate=71))

        kept = [reading.id for reading in await half.kept()]
        assert (len(named), len(kept), len(set(kept))) == (2, 3, 3)
        assert named < set(kept)


async def test_a_reading_that_an_alert_names_is_never_dropped_from_memory(
    half: UpperHalf, monkeypatch: pytest.MonkeyPatch
) -> None:
    await half.streams(record(1, heart_rate=70) + record(2, blood_pressure=(192, 101)) + record(3, heart_rate=71))

    async def full(_work: object) -> None:
        raise StoreBroken("disk full")

    monkeypatch.setattr(refusing_disk, "HELD_AT_MOST", 1)
    database = half.stores.readings._database
    with monkeypatch.context() as patched:
        patched.setattr(database, "write", full)
        with pytest.raises(StoreBroken):
            await half.stores.readings.commit()

    assert [reading.kind for reading in await half.kept()] == ["blood_pressure"]
