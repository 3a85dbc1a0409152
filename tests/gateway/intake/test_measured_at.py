"""When something was measured: by the device's own word where that can be believed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from drivers.measurement import Measurement
from gateway.intake.frame import ReceivedAt
from gateway.intake.measured_at import MeasuredAt, measured_at

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 3, 0, 0, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
AT = ReceivedAt(NOW_MS, 1.0, "synced")


def told(**facts: object) -> Measurement:
    return Measurement(kind="heart_rate", value=70, **facts)  # type: ignore[arg-type]


def when(measurement: Measurement, ahead_s: float) -> tuple[int, bool, bool]:
    said = measured_at(measurement, AT, ahead_s, SHANGHAI)
    return said.at_ms, said.history, said.corrected


def test_without_a_word_it_was_measured_when_it_came() -> None:
    assert when(told(), 0) == (NOW_MS, False, False)


def test_an_age_is_taken_off() -> None:
    assert when(told(age_s=90, history=True), 0) == (NOW_MS - 90_000, True, False)


def test_the_device_time_counts() -> None:
    at_ms, history, corrected = when(told(device_time="2026-11-23T02:58:00Z"), 0)

    assert (NOW_MS - at_ms, history, corrected) == (120_000, False, False)


@pytest.mark.usefixtures("in_new_york")
def test_a_device_time_without_zone_is_local_time_whatever_the_machine_is_set_to() -> None:
    local = "2026-11-23T11:00:00"  # eight hours ahead of UTC

    assert when(told(device_time=local), 0) == (NOW_MS, False, False)


def test_what_was_measured_long_before_is_history() -> None:
    _, history, _ = when(told(device_time="2026-11-22T21:00:00Z"), 0)

    assert history


@pytest.mark.parametrize(
    "impossible",
    ["2019-12-31T23:59:59Z", "2026-11-23T03:06:00Z", "2000-01-01T00:00:00", "no time at all", "9999-12-31T23:59:59"],
)
def test_a_time_that_cannot_be_gives_way_to_that_of_reception(impossible: str) -> None:
    assert when(told(device_time=impossible), 0) == (NOW_MS, False, True)


def test_a_clock_that_was_seen_to_be_ahead_is_corrected() -> None:
    at_ms, _, corrected = when(told(device_time="2026-11-23T03:59:00Z"), 3600)

    assert (NOW_MS - at_ms, corrected) == (60_000, True)


def test_two_seconds_ahead_are_left_alone() -> None:
    at_ms, _, corrected = when(told(device_time="2026-11-23T03:00:00Z"), 2)

    assert (at_ms, corrected) == (NOW_MS, False)


UNSET = ReceivedAt(1_000_000, 1.0, "unsynced")  # 1970
STORED = "2026-11-22T21:00:00Z"
STORED_MS = NOW_MS - 6 * 3_600_000


def test_while_our_clock_is_not_set_what_a_device_had_stored_has_the_device_s_own_time() -> None:
    said = measured_at(told(device_time=STORED, history=True), UNSET, 0, SHANGHAI)

    assert said == MeasuredAt(STORED_MS, history=True, corrected=False, ours=False)


def test_while_our_clock_is_not_set_what_is_measured_now_came_now() -> None:
    said = measured_at(told(device_time="2026-11-23T03:00:00Z"), UNSET, 0, SHANGHAI)

    assert said == MeasuredAt(UNSET.wall_ms, history=False, corrected=True)


def test_while_our_clock_is_not_set_a_device_that_was_compared_with_it_is_placed_by_it() -> None:
    ahead_s = (NOW_MS - UNSET.wall_ms) / 1000

    said = measured_at(told(device_time=STORED, history=True), UNSET, ahead_s, SHANGHAI)

    assert said == MeasuredAt(UNSET.wall_ms - 6 * 3_600_000, history=True, corrected=True)


def test_a_clock_that_runs_ahead_and_is_not_set_makes_nothing_history() -> None:
    ahead = ReceivedAt(NOW_MS + 3650 * 86_400_000, 1.0, "unsynced")

    assert measured_at(told(device_time="2026-11-23T03:00:00Z"), ahead, 0, SHANGHAI).at_ms == ahead.wall_ms
