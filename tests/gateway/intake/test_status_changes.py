"""A band on its charger says so as a status; the rules are told it as a reading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drivers.driver import Decoded, Item, Status
from drivers.measurement import Measurement
from gateway.intake.status_changes import StatusChanges
from gateway.readings import Enrolment
from tests.drivers.vectors import BY_DRIVER
from tests.gateway.upper_half import BAND, TestClock, UpperHalf, hub, upper_half

RING = "C0:FF:EE:00:00:09"
ON, OFF = Measurement(kind="charging", value=True), Measurement(kind="charging", value=False)


def record(number: int, value: int = 70, history: bool = False) -> list[Item]:
    common: dict[str, Any] = {"record": number, "address": BAND, "history": history}
    return [Measurement(kind="worn", value=True, **common), Measurement(kind="heart_rate", value=value, **common)]


CHARGING = Status({"charging": True}, BAND)


# --- the memory ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "told"),
    [(True, [ON]), ("charging", [ON]), ("full", [ON]), (False, []), ("no", []), ("unknown", []), (7, []), ([], [])],
)
def test_what_a_status_says_of_the_charger(said: object, told: list[Measurement]) -> None:
    assert StatusChanges().of_status("A", {"charging": said}) == told


def test_a_state_is_told_when_it_changes() -> None:
    states = StatusChanges()

    assert [states.of_status("A", {"charging": so}) for so in (False, True, True, False, False)] == [[], [ON], [], [OFF], []]


def test_a_state_that_is_not_named_stays() -> None:
    states = StatusChanges()
    states.of_status("A", {"charging": True})

    assert states.of_status("A", {"battery_low": True}) == [Measurement(kind="battery_low", value=True)]
    assert states.of_status("A", {"charging": False}) == [OFF]


def test_a_band_taken_off_its_charger_while_the_gateway_was_down_says_so_with_its_first_word() -> None:
    before, after = StatusChanges(), StatusChanges()
    before.of_status("A", {"charging": True})
    after.load(before.new())

    assert after.of_record("A", {}) == [OFF]
    assert after.of_record("A", {}) == []


def test_damaged_memory_is_nothing() -> None:
    states = StatusChanges()
    states.load({"states A": b"\xff\x00 charged", "records A": b"charging"})

    assert states.of_record("A", {}) == []


# --- at work ---------------------------------------------------------------------------------------------------------------


async def kept(half: UpperHalf) -> list[tuple[str, object]]:
    return [(reading.kind, reading.value) for reading in await half.kept()]


async def test_a_record_of_a_band_on_its_charger_is_one_record(tmp_path: Path) -> None:
    async with upper_half(tmp_path, TestClock()) as half:
        await half.brings("hub", hub(), [CHARGING, *record(1)])

        assert await kept(half) == [("charging", True), ("worn", True), ("heart_rate", 70)]


async def test_the_next_record_without_the_flag_says_that_it_is_off_the_charger(tmp_path: Path) -> None:
    async with upper_half(tmp_path, TestClock()) as half:
        await half.brings("hub", hub(), [CHARGING, *record(1), *record(2)])
        await half.brings("hub", hub(), record(3))

        assert [what for what in await kept(half) if what[0] == "charging"] == [("charging", True), ("charging", False)]


async def test_a_record_of_flags_alone_is_told_too(tmp_path: Path) -> None:
    async with upper_half(tmp_path, TestClock()) as half:
        await half.brings("hub", hub(), [CHARGING])

        assert await kept(half) == [("charging", True)]


async def test_what_a_band_had_stored_says_nothing_of_now(tmp_path: Path) -> None:
    async with upper_half(tmp_path, TestClock()) as half:
        await half.brings("hub", hub(), [CHARGING, *record(1), *record(2, history=True)])
        await half.brings("hub", hub(), [Status({"battery_low": True}, BAND), *record(3, history=True)])

        assert [what for what in await kept(half) if what[0] in ("charging", "battery_low")] == [("charging", True)]


async def test_over_a_restart(tmp_path: Path) -> None:
    async with upper_half(tmp_path, TestClock()) as half:
        await half.brings("hub", hub(), [CHARGING, *record(1)])
    async with upper_half(tmp_path, TestClock()) as half:
        await half.brings("hub", hub(), record(2))

        assert ("charging", False) in await kept(half)


async def test_a_connected_band_that_charges(tmp_path: Path) -> None:
    ring = Enrolment(address=RING, driver="colmi-ring", wearer="W-009")
    async with upper_half(tmp_path, TestClock(), more=(ring,)) as half:
        charged = Decoded([Measurement(kind="battery", value=80)], status={"charging": True})
        await half.reports(RING, "colmi-ring", charged)
        await half.reports(RING, "colmi-ring", charged)

        assert await kept(half) == [("charging", True), ("battery", 80), ("battery", 80)]


def test_the_flags_of_a_hubs_record_stand_before_what_it_measures() -> None:
    (frame,) = [frame for frame in BY_DRIVER["serial-hub"].frame if frame.name.startswith("every flag")]

    items = hub().decoder().feed(frame.data)

    assert isinstance(items[0], Status)
    assert [type(item) for item in items[1:]] == [Measurement] * 4
