"""Only the hours in which bands are worn count, by the local time of the place."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.supervision.wearing_hours import MINUTE_MS, WearingHours
from gateway.supervision.worn_time import WornTime

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
HOUR_MS = 60 * MINUTE_MS


def at(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


DAY, NIGHT = WearingHours.read("07:00-21:30", SHANGHAI), WearingHours.read("20:00-08:00", SHANGHAI)
ALWAYS = WearingHours.read("00:00-24:00", SHANGHAI)


@pytest.mark.parametrize(
    ("hours", "begins", "ends", "minutes"),
    [
        pytest.param(DAY, "2026-11-30 10:00", "2026-11-30 11:30", 90, id="within"),
        pytest.param(DAY, "2026-11-30 21:00", "2026-12-01 07:20", 50, id="over the night"),
        pytest.param(DAY, "2026-11-30 22:00", "2026-12-01 06:59", 0, id="at night"),
        pytest.param(DAY, "2026-11-28 07:00", "2026-12-01 07:00", 3 * 870, id="three days"),
        pytest.param(NIGHT, "2026-11-30 19:00", "2026-12-01 09:00", 720, id="hours over midnight"),
        pytest.param(NIGHT, "2026-11-30 23:30", "2026-12-01 00:30", 60, id="around midnight"),
        pytest.param(NIGHT, "2026-11-30 07:30", "2026-11-30 20:30", 60, id="both ends of a night"),
        pytest.param(ALWAYS, "2026-11-30 23:30", "2026-12-01 00:30", 60, id="always"),
        pytest.param(DAY, "2026-11-30 11:00", "2026-11-30 10:00", 0, id="a clock that was set back"),
    ],
)
def test_only_wearing_hours_count(hours: WearingHours, begins: str, ends: str, minutes: int) -> None:
    assert hours.within(at(begins), at(ends)) == minutes * MINUTE_MS


@pytest.mark.parametrize(
    ("hours", "begins", "minutes", "then"),
    [
        pytest.param(DAY, "2026-11-30 10:00", 60, "2026-11-30 11:00", id="within"),
        pytest.param(DAY, "2026-11-30 21:00", 60, "2026-12-01 07:30", id="the rest on the next morning"),
        pytest.param(DAY, "2026-11-30 03:00", 60, "2026-11-30 08:00", id="it begins at night"),
        pytest.param(DAY, "2026-11-30 10:00", 1440, "2026-12-01 19:30", id="more than a day has"),
        pytest.param(NIGHT, "2026-11-30 23:50", 20, "2026-12-01 00:10", id="over midnight"),
        pytest.param(NIGHT, "2026-11-30 07:50", 20, "2026-11-30 20:10", id="a gap by day"),
    ],
)
def test_the_moment_at_which_so_much_has_passed_is_exact(hours: WearingHours, begins: str, minutes: int, then: str) -> None:
    due_ms = hours.after(at(begins), minutes * MINUTE_MS)

    assert due_ms == at(then)
    assert hours.within(at(begins), due_ms) == minutes * MINUTE_MS
    assert hours.within(at(begins), due_ms - 1) < minutes * MINUTE_MS


def test_hours_go_by_the_clocks_of_the_place_also_on_the_day_on_which_they_change() -> None:
    hours = WearingHours.read("01:00-05:00", BERLIN)

    spring = hours.within(at("2026-03-29 00:00", BERLIN), at("2026-03-29 12:00", BERLIN))
    autumn = hours.within(at("2026-10-25 00:00", BERLIN), at("2026-10-25 12:00", BERLIN))

    assert (spring, autumn) == (3 * HOUR_MS, 5 * HOUR_MS)


def test_a_step_of_the_clock_neither_counts_nor_takes_away() -> None:
    begun = WornTime(0, at("2026-11-30 10:00"))

    ahead = begun.stepped(DAY, at("2026-11-30 10:30"), 8 * HOUR_MS)
    back = begun.stepped(DAY, at("2026-11-30 10:30"), -365 * 24 * HOUR_MS)

    assert ahead.elapsed(DAY, at("2026-11-30 18:30")) == back.elapsed(DAY, at("2025-11-30 10:30")) == 30 * MINUTE_MS
    assert ahead.reaches(DAY, 60 * MINUTE_MS) == at("2026-11-30 19:00")
