"""A night with a higher pulse than those before is told in the morning."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.alert import Finding
from gateway.readings import Reading
from gateway.rules.situation import Situation
from gateway.rules.trend import BIN_MS, Trend, hours_of
from tests.gateway.rules.signs import BEGIN_MS, TABLE, alert, short
from tests.gateway.rules.signs import reading as reading_at
from tests.thorough import times

ZONE = ZoneInfo("Asia/Shanghai")
DAY_MS, HOUR_MS, MINUTE_MS = 86_400_000, 3_600_000, 60_000
EVENING = int(datetime(2026, 11, 1, 21, tzinfo=ZONE).timestamp() * 1000)  # of the first night
STILL = Situation(steps_5min=0, still_s=3600, asleep=True)
UNKNOWN = Situation()
WALKS = Situation(steps_5min=200, still_s=0)


def rule() -> Trend:
    return Trend(TABLE, ZONE)


def pulse(value: float, at_ms: int, **rest: Any) -> Reading:
    return reading_at("heart_rate", value, (at_ms - BEGIN_MS) / 1000, **rest)


def night(number: int, rate: float, every_ms: int = 5 * MINUTE_MS, seed: int = 1) -> list[Reading]:
    """Asleep at this rate, some more in the evening and in dreams."""
    luck = random.Random(seed * 1000 + number)
    begin_ms = EVENING + number * DAY_MS
    return [
        pulse(round(rate + abs(luck.gauss(3, 3)) + (15 if at_ms < 2 * HOUR_MS else 0)), begin_ms + at_ms)
        for at_ms in range(0, 10 * HOUR_MS, every_ms)
    ]


def sleep(part: Trend, readings: list[Reading], situation: Situation = STILL) -> list[tuple[float, str]]:
    """What is told, and on which day at what hour."""
    found: list[tuple[int, Any]] = []

    def wake(until_ms: int) -> None:
        while (due_ms := part.next_ms()) is not None and due_ms <= until_ms:
            found.extend((due_ms, verdict) for verdict in part.tick(due_ms))

    for one in readings:
        wake(one.received_ms)
        found += [(one.received_ms, verdict) for verdict in part.take(one, situation, one.received_ms)]
    if readings:
        wake(readings[-1].at_ms + 12 * HOUR_MS)
    return [(round((at_ms - EVENING) / DAY_MS, 2), short(verdict)) for at_ms, verdict in found]


def nights(*rates: float, every_ms: int = 5 * MINUTE_MS, begin: int = 0) -> list[Reading]:
    return [one for number, rate in enumerate(rates) for one in night(begin + number, rate, every_ms)]


@pytest.mark.parametrize(
    ("local", "begins", "ends", "is_night"),
    [
        ("2026-11-05T20:59:59", "2026-11-05T07:00", "2026-11-05T21:00", False),
        ("2026-11-05T21:00:00", "2026-11-05T21:00", "2026-11-06T07:00", True),
        ("2026-11-05T06:59:59", "2026-11-04T21:00", "2026-11-05T07:00", True),
        ("2026-11-05T07:00:00", "2026-11-05T07:00", "2026-11-05T21:00", False),
    ],
)
def test_the_hours_of_a_night(local: str, begins: str, ends: str, is_night: bool) -> None:
    def ms(text: str) -> int:
        return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)

    hours = hours_of(ms(local), ZONE)

    assert (hours.begin_ms, hours.end_ms, hours.night) == (ms(begins), ms(ends), is_night)


@pytest.mark.parametrize("day", ["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25"])
def test_a_night_in_which_the_clocks_change_is_one_night(day: str) -> None:
    zone = ZoneInfo("Europe/Vienna")
    late = int(datetime.fromisoformat(f"{day}T23:30").replace(tzinfo=zone).timestamp() * 1000)
    hours = hours_of(late, zone)

    assert hours_of(hours.end_ms - 1, zone) == hours
    assert hours.end_ms - hours.begin_ms in (9 * HOUR_MS, 10 * HOUR_MS, 11 * HOUR_MS)


@pytest.mark.parametrize("every_ms", [10_000, MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS])
@pytest.mark.parametrize("situation", [STILL, UNKNOWN], ids=["steps are counted", "no steps are known"])
def test_ten_more_are_told_in_the_morning_whatever_the_interval(every_ms: int, situation: Situation) -> None:
    told = sleep(rule(), nights(*[60] * 8, 72, every_ms=every_ms), situation)

    assert told == [(8.44, "advisory")]  # half past seven


def test_it_names_the_rule_and_from_where_on() -> None:
    part = rule()
    for one in nights(*[60] * 8, 72):
        part.take(one, STILL, one.at_ms)
    (found,) = part.tick(EVENING + 8 * DAY_MS + 10 * HOUR_MS + 30 * MINUTE_MS)

    assert isinstance(found, Finding)
    assert (found.kind, found.rule.id, found.priority) == ("trend", "HR-TREND", "advisory")
    assert found.rule.limit is not None
    assert 64 < found.rule.limit < 70


def test_ordinary_nights_are_not_told() -> None:
    luck = random.Random(5)

    assert sleep(rule(), nights(*[60 + luck.gauss(0, 1.5) for _ in range(60)])) == []


def test_before_a_week_is_known_nothing_is_told() -> None:
    assert sleep(rule(), nights(*[60] * 6, 80)) == []


def test_two_weeks_ago_counts_no_more() -> None:
    readings = [*nights(*[60] * 8), *nights(72, begin=30)]

    assert sleep(rule(), readings) == []


def test_who_always_varies_is_told_later() -> None:
    varies = [55, 65, 60, 70, 58, 68, 63, 66, 57, 64]

    assert sleep(rule(), nights(*varies, 73)) == []
    assert [what for _, what in sleep(rule(), nights(*varies, 85))] == ["advisory"]


def test_it_is_told_each_morning_that_it_holds_and_ends_with_an_ordinary_night() -> None:
    assert sleep(rule(), nights(*[60] * 8, 72, 73, 60)) == [(8.44, "advisory"), (9.44, "advisory"), (10.44, "cleared")]


def test_it_ends_two_days_later_where_nothing_is_measured_any_more() -> None:
    part = rule()
    sleep(part, nights(*[60] * 8, 72))

    (over,) = part.tick(part.next_ms() or 0)
    assert short(over) == "cleared"
    assert part.next_ms() is None


def test_five_minutes_with_steps_do_not_count() -> None:
    part = rule()
    sleep(part, nights(*[60] * 8))

    assert sleep(part, nights(90, begin=8), WALKS) == []


def test_a_night_of_which_little_is_known_says_nothing() -> None:
    assert sleep(rule(), [*nights(*[60] * 8), *nights(90, begin=8)[:11]]) == []


def test_by_day_nothing_is_looked_at() -> None:
    part = rule()
    sleep(part, nights(*[60] * 8))

    assert sleep(part, [pulse(120, EVENING + 8 * DAY_MS + 10 * HOUR_MS + n * MINUTE_MS) for n in range(840)]) == []


def test_what_a_band_had_stored_counts_until_half_past_seven() -> None:
    def stored(received_ms: int) -> list[Reading]:
        return [pulse(float(str(one.value)), one.at_ms, received_ms=received_ms, history=True) for one in night(8, 72)]

    morning_ms = EVENING + 8 * DAY_MS + 10 * HOUR_MS
    in_time, late = rule(), rule()

    assert sleep(in_time, [*nights(*[60] * 8), *stored(morning_ms + 15 * MINUTE_MS)]) == [(8.44, "advisory")]
    assert sleep(late, [*nights(*[60] * 8), *stored(morning_ms + 45 * MINUTE_MS)]) == []


def test_closed_by_a_person_the_next_morning_tells_anew() -> None:
    part = rule()
    for one in nights(*[60] * 8, 72):
        part.take(one, STILL, one.at_ms)
    (found,) = part.tick(EVENING + 8 * DAY_MS + 11 * HOUR_MS)
    assert isinstance(found, Finding)
    part.closed(alert(found), EVENING + 8 * DAY_MS + 12 * HOUR_MS)

    assert sleep(part, nights(60, begin=9)) == []
    assert sleep(part, nights(73, begin=10)) == [(10.44, "advisory")]


def test_an_open_alert_of_an_earlier_life_ends_with_an_ordinary_night() -> None:
    part, after = rule(), rule()
    disk = {}
    for one in nights(*[60] * 8):
        part.take(one, STILL, one.at_ms)
    disk = dict(part.memory())
    for one in nights(72, begin=8):
        part.take(one, STILL, one.at_ms)
    found = [verdict for verdict in part.tick(EVENING + 8 * DAY_MS + 11 * HOUR_MS) if isinstance(verdict, Finding)]
    after.load(disk)
    after.resume(alert(found[0]), EVENING + 8 * DAY_MS + 12 * HOUR_MS)

    assert [what for _, what in sleep(after, nights(60, begin=9))] == ["cleared"]


def test_off_the_wrist_the_last_minutes_count_no_more() -> None:
    part = rule()
    sleep(part, nights(*[60] * 8))
    tail = nights(90, begin=8)[:6]
    for one in tail:
        part.take(one, STILL, one.at_ms)
    part.discard("A", tail[0].at_ms)

    assert sleep(part, nights(60, begin=8)[6:]) == []


def test_the_memory_of_two_weeks_is_small() -> None:
    part = rule()
    sleep(part, nights(*[60] * 20))

    assert max(map(len, part.memory().values())) < 1000


def test_the_clock_is_set_and_the_nights_before_stay_before() -> None:
    part = rule()
    sleep(part, nights(*[60] * 8))
    part.clock_stepped(20 * DAY_MS)

    assert [what for _, what in sleep(part, nights(72, begin=28))] == ["advisory"]


@pytest.mark.parametrize("cut", range(0, 1100, 181))
def test_a_restart_anywhere_changes_nothing(cut: int) -> None:
    readings = nights(*[60] * 8, 72)
    mine, other = rule(), rule()
    disk: dict[str, bytes] = {}
    for n, one in enumerate(readings):
        if n == cut:
            disk |= other.memory()
            other = rule()
            other.load(disk)
        assert mine.tick(one.at_ms) == other.tick(one.at_ms)
        assert mine.take(one, STILL, one.at_ms) == other.take(one, STILL, one.at_ms)
    assert mine.next_ms() == other.next_ms()
    assert mine.tick(mine.next_ms() or 0) == other.tick(other.next_ms() or 0) != []


@given(
    st.lists(st.tuples(st.integers(20, 240), st.integers(0, 3 * DAY_MS), st.integers(-BIN_MS, DAY_MS)), max_size=80),
    st.integers(0, 80),
)
@settings(max_examples=times(16, 50))
def test_readings_may_come_in_any_order_and_a_restart_changes_nothing(told: list[Any], cut: int) -> None:
    mine, other = rule(), rule()
    disk: dict[str, bytes] = {}
    for n, (value, at_ms, late_ms) in enumerate(told):
        if n == cut:
            disk |= other.memory()
            other = rule()
            other.load(disk)
        one = pulse(value, EVENING + at_ms)
        now_ms = one.at_ms + late_ms
        assert mine.tick(now_ms) == other.tick(now_ms)
        assert mine.take(one, STILL, now_ms) == other.take(one, STILL, now_ms)


def test_damaged_memory_is_left_aside_and_what_is_forgotten_too() -> None:
    part = rule()
    part.load({"trend/W": b"\x93", "trend/V": b"", "x": b"y"})
    sleep(part, nights(60))
    part.forget("W")

    assert part.memory() == {"trend/W": b""}
