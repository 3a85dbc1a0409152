"""Who is on duty when: days and hours as people write them, over midnight, by the clock of the place."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.duty.shift import ALWAYS, BadShift, Shift, first_gap, read


def at(day: str, time: str) -> datetime:
    """A moment of the week that begins on Monday, 23 November 2026."""
    number = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].index(day)
    hour, minute = map(int, time.split(":"))
    return datetime(2026, 11, 23 + number, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "hours", "inside", "outside"),
    [
        pytest.param("", "", [("mon", "00:00"), ("sun", "23:59")], [], id="empty is always"),
        pytest.param("mon-fri", "", [("mon", "00:00"), ("fri", "23:59")], [("sat", "00:00"), ("sun", "12:00")], id="a range"),
        pytest.param("sat,sun", "", [("sat", "12:00"), ("sun", "12:00")], [("fri", "23:59"), ("mon", "00:00")], id="a list"),
        pytest.param(
            "fri-mon", "", [("fri", "12:00"), ("mon", "12:00")], [("tue", "00:00"), ("thu", "12:00")], id="over Sunday"
        ),
        pytest.param(
            "", "08:00-20:00", [("mon", "08:00"), ("mon", "19:59")], [("mon", "07:59"), ("mon", "20:00")], id="by day"
        ),
        pytest.param(
            "fri",
            "20:00-08:00",
            [("fri", "20:00"), ("fri", "23:59"), ("sat", "00:00"), ("sat", "07:59")],
            [("fri", "07:59"), ("fri", "19:59"), ("sat", "08:00"), ("sat", "20:00")],
            id="over midnight it belongs to the day on which it began",
        ),
        pytest.param("", "00:00-24:00", [("mon", "00:00"), ("mon", "23:59")], [], id="the whole day"),
        pytest.param("mon", "08:00-08:00", [("mon", "08:00"), ("tue", "07:59")], [("tue", "08:00")], id="round the clock"),
        pytest.param("Mon – Fri", "8:00 ～ 20:00", [("mon", "08:00")], [("sat", "09:00")], id="as keyboards write it"),
        pytest.param("周一至周五、周日", "０８：００-２０：００", [("sun", "08:00")], [("sat", "08:00")], id="in Chinese"),
        pytest.param("monday-friday", "", [("fri", "08:00")], [("sat", "08:00")], id="in full"),
    ],
)
def test_a_shift_covers_its_days_and_hours(
    days: str, hours: str, inside: list[tuple[str, str]], outside: list[tuple[str, str]]
) -> None:
    shift = read(days, hours)

    assert all(shift.covers(at(*moment)) for moment in inside)
    assert not any(shift.covers(at(*moment)) for moment in outside)


@pytest.mark.parametrize("days", ["someday", "mon-", "-", "mon fri", "1-5", "mon--fri", "m"])
def test_days_that_nobody_understands_are_refused(days: str) -> None:
    with pytest.raises(BadShift, match="bad_days"):
        read(days, "")


@pytest.mark.parametrize("hours", ["8", "08:00", "08:00-25:00", "24:00-08:00", "08:60-09:00", "08.00-20.00", "20:00-24:01"])
def test_hours_that_nobody_understands_are_refused(hours: str) -> None:
    with pytest.raises(BadShift, match="bad_hours"):
        read("", hours)


def test_the_hour_is_that_of_the_place_and_not_of_the_machine() -> None:
    by_day = read("mon", "08:00-20:00")
    moment = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # half past eight in the morning in Shanghai

    assert by_day.covers(moment.astimezone(ZoneInfo("Asia/Shanghai")))
    assert not by_day.covers(moment)


@pytest.mark.parametrize(
    ("shifts", "gap"),
    [
        ([ALWAYS], None),
        ([read("", "08:00-20:00"), read("", "20:00-08:00")], None),
        ([read("mon-fri", ""), read("sat,sun", "09:00-24:00")], (5, 0)),
        ([read("", "08:00-20:00")], (0, 0)),
        ([read("mon-sat", "20:00-08:00"), read("", "08:00-20:00")], (0, 0)),  # nobody began on Sunday evening
        ([Shift(frozenset({0}))], (1, 0)),
    ],
)
def test_the_first_moment_of_the_week_without_anybody_is_found(shifts: list[Shift], gap: tuple[int, int] | None) -> None:
    assert first_gap(shifts) == gap
