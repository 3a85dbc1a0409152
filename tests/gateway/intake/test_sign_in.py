"""Whose measurement it is that a shared device takes: never guessed."""

from __future__ import annotations

import pytest

from drivers.measurement import Kind
from gateway.intake.sign_in import SignIns

PRESSURE: frozenset[Kind] = frozenset({"blood_pressure"})


@pytest.fixture
def booth() -> SignIns:
    return SignIns({"booth": 120})


def measured(booth: SignIns, at_s: float) -> str:
    return booth.measured("booth", PRESSURE, at_s)


def test_who_signed_in_before_is_the_one_who_is_measured(booth: SignIns) -> None:
    booth.pressed("W-001", 1000)

    assert measured(booth, 1070) == "W-001"


def test_without_a_sign_in_it_belongs_to_the_device_itself(booth: SignIns) -> None:
    assert measured(booth, 1070) == ""


@pytest.mark.parametrize(("after_s", "whose"), [(0, "W-001"), (120, "W-001"), (120.1, "")])
def test_a_sign_in_lasts_two_minutes(booth: SignIns, after_s: float, whose: str) -> None:
    booth.pressed("W-001", 1000)

    assert measured(booth, 1000 + after_s) == whose


def test_of_two_who_signed_in_nobody_is_taken_for_the_one_who_sits_there(booth: SignIns) -> None:
    booth.pressed("W-001", 1000)
    booth.pressed("W-002", 1010)

    assert measured(booth, 1050) == ""
    assert measured(booth, 1080) == "", "neither sign-in is left for the next"


def test_a_sign_in_that_has_run_out_is_in_nobodys_way(booth: SignIns) -> None:
    booth.pressed("W-001", 1000)
    booth.pressed("W-002", 1100)

    assert measured(booth, 1150) == "W-002"


def test_who_presses_twice_has_signed_in_once_and_lasts_from_the_second_press(booth: SignIns) -> None:
    booth.pressed("W-001", 1000)
    booth.pressed("W-001", 1100)

    assert measured(booth, 1200) == "W-001"


def test_the_next_person_does_not_get_the_sign_in_of_the_one_before(booth: SignIns) -> None:
    booth.pressed("W-001", 1000)

    assert measured(booth, 1050) == "W-001"
    assert measured(booth, 1090) == ""


def test_what_follows_without_a_pause_is_of_the_same_person(booth: SignIns) -> None:
    booth.pressed("W-001", 1000)

    assert [measured(booth, 1030 + second) for second in range(0, 60, 10)] == 6 * ["W-001"]


def test_a_press_in_the_midst_of_a_measurement_counts_for_the_next_one(booth: SignIns) -> None:
    booth.pressed("W-001", 1000)
    assert measured(booth, 1030) == "W-001"

    booth.pressed("W-002", 1031)

    assert measured(booth, 1032) == "W-001"
    assert measured(booth, 1060) == "W-002"


def test_when_a_sign_in_runs_out_in_the_midst_the_rest_is_nobodys_though_another_waits(booth: SignIns) -> None:
    booth.pressed("W-001", 1000)
    booth.pressed("W-001", 1000)
    assert measured(booth, 1115) == "W-001"
    booth.pressed("W-002", 1116)

    assert [measured(booth, at_s) for at_s in (1119, 1121, 1125)] == ["W-001", "", ""]


def test_what_is_no_measurement_of_a_body_is_the_devices_own_and_uses_nothing_up(booth: SignIns) -> None:
    booth.pressed("W-001", 1000)

    assert booth.measured("booth", frozenset({"battery"}), 1010) == ""
    assert booth.measured("booth", frozenset({"button"}), 1010) == ""
    assert measured(booth, 1050) == "W-001"


def test_a_port_that_is_not_shared_knows_no_sign_in(booth: SignIns) -> None:
    booth.pressed("W-001", 1000)

    assert booth.measured("nurse", PRESSURE, 1010) == ""


def test_two_shared_devices_go_by_their_own_measurements() -> None:
    booths = SignIns({"hall": 120, "nurse": 30})
    booths.pressed("W-001", 1000)

    assert booths.measured("nurse", PRESSURE, 1031) == ""
    assert booths.measured("hall", PRESSURE, 1031) == "W-001"


def test_who_signed_in_stays_signed_in_when_the_shared_devices_change() -> None:
    sign_ins = SignIns({"hall": 120, "gone": 120})
    sign_ins.pressed("W-1", 0)

    sign_ins.use({"hall": 60, "new": 60})

    assert sign_ins.measured("hall", frozenset({"heart_rate"}), 30) == "W-1"
    assert sign_ins.measured("new", frozenset({"heart_rate"}), 30) == ""
    assert sign_ins.measured("gone", frozenset({"heart_rate"}), 30) == ""


def test_how_long_a_sign_in_lasts_can_change_while_it_lasts() -> None:
    sign_ins = SignIns({"hall": 120})
    sign_ins.pressed("W-1", 0)

    sign_ins.use({"hall": 60})

    assert sign_ins.measured("hall", frozenset({"heart_rate"}), 61) == ""
