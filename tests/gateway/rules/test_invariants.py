"""What holds of the rules for every series of readings: no silence, worse is told, no restart is seen, no sampling is a cliff,
what a person closed is told anew, and low is as high.
"""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from drivers.measurement import BloodPressure, Kind, Value
from gateway.alert import PRIORITIES, Alert, Finding
from gateway.readings import Reading
from gateway.rules.limits import Limit, parts_of
from gateway.rules.table import RuleTable
from tests.gateway.rules.ward import BEGIN_MS, DATA, HOUR_S, Ward, reading, table
from tests.thorough import times

GAPS_S = st.sampled_from([1, 5, 20, 26, 61, 150, 299, 301, 599, 610, 1900, 7200])
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    "heart_rate": st.sampled_from([28, 34, 38, 41, 46, 70, 90, 105, 112, 120, 126, 131, 135, 150, 155, 175, 181, 200]),
    "oxygen_saturation": st.sampled_from([84, 87, 88, 89, 91, 92, 93, 95, 97, 99]),
    "respiratory_rate": st.sampled_from([6, 8, 9, 11, 15, 19, 22, 25, 29, 30, 36]),
    "body_temperature": st.sampled_from([31.5, 34.0, 35.0, 35.2, 35.4, 36.6, 37.4, 37.9, 38.9, 39.1, 39.5, 41.2]),
    "blood_pressure": st.builds(
        BloodPressure,
        st.sampled_from([65, 80, 88, 92, 96, 105, 120, 150, 174, 176, 182, 196, 204, 211, 225]),
        st.sampled_from([45, 52, 60, 75, 90, 108, 112, 118, 122, 128, 135]),
    ),
}
SPOT = ("blood_pressure", "body_temperature")
kinds = st.sampled_from(list(VALUES))


@st.composite
def series(draw: st.DrawFn, longest: int = 25) -> list[Reading]:
    """Readings of one kind of one wearer: often many alike, now and then another."""
    kind: Kind = draw(kinds)
    at_s, found = 0.0, []
    for _ in range(draw(st.integers(1, 6))):
        every_s, value = draw(GAPS_S), draw(VALUES[kind])
        for _ in range(draw(st.integers(1, longest // 3))):
            at_s += every_s
            found.append(reading(kind, value, at_s))
    return found


def worst(ward: Ward) -> str:
    """The priority of the most urgent alert that is active."""
    active = [alert.priority for alert in ward.alerts if alert.open and alert.condition == "active"]
    return min(active, key=PRIORITIES.index, default="")


def at_least(priority: str, other: str) -> bool:
    levels = ["", *reversed(PRIORITIES)]
    return levels.index(priority) >= levels.index(other)


# --- no silence -------------------------------------------------------------------------------------------------------


def holding(day: list[Reading]) -> list[Limit]:
    """The limits that, by the plainest reading of the table, hold after the last of these readings.

    Of a stream: all readings of so long lie beyond, and two at least. Of a cuff or thermometer: the last one lies beyond.
    """
    limits = table().limits("W-017", day[-1].kind)
    assert limits is not None
    return [one for one in limits.limits if not one.own and one.is_for(4) and _holds(one, day)]


def _holds(limit: Limit, day: list[Reading]) -> bool:
    if limit.persistence.confirm_s:
        return limit.crossed(parts_of(day[-1].value))
    beyond = []
    for one in reversed(day):
        if not limit.crossed(parts_of(one.value)):
            break
        beyond.append(one)
    gaps = [later.at_ms - earlier.at_ms for earlier, later in pairwise(day)]
    paused = len(gaps) > 1 and gaps[-1] > 600_000 and gaps[-2] * 4 < gaps[-1]  # its first reading decides nothing alone
    return len(beyond) > 1 and not paused and beyond[0].at_ms - beyond[-1].at_ms >= limit.persistence.lasting_s * 1000


@settings(max_examples=times(20, 60), deadline=None)
@given(series(), st.data())
def test_no_silence_whatever_stood_or_was_closed_before(day: list[Reading], data: st.DataObject) -> None:
    ward = Ward()
    closed_at = data.draw(st.sets(st.integers(0, len(day) - 1), max_size=2))
    closed_ms = -(10**15)

    for place, one in enumerate(day):
        ward.lives(one)
        held = holding(day[: place + 1])
        spot = one.kind in SPOT
        if held and (spot or one.at_ms - closed_ms >= HOUR_S * 1000):
            wanted = "warning" if spot else min((limit.priority for limit in held), key=PRIORITIES.index)
            assert at_least(worst(ward), wanted), (place, held[0].name)
        if place in closed_at:
            ward.closes((one.received_ms - BEGIN_MS) / 1000)
            closed_ms = one.received_ms


# --- worse is told ----------------------------------------------------------------------------------------------------


def farther(value: Value, high: bool) -> list[Value]:
    """Values farther out on one side."""
    if isinstance(value, BloodPressure):
        return [BloodPressure(value.systolic + (one if high else -one), value.diastolic) for one in (5, 20, 60)]
    assert isinstance(value, int | float)
    return [value + (one if high else -one) for one in (1, 4, 12, 40)]


@settings(max_examples=times(20, 60), deadline=None)
@given(series(), st.data())
def test_a_reading_farther_out_takes_no_event_away_and_lowers_no_level(day: list[Reading], data: st.DataObject) -> None:
    high = data.draw(st.booleans())
    place = data.draw(st.integers(0, len(day) - 1))
    middle = {"heart_rate": 75, "oxygen_saturation": 99, "respiratory_rate": 15, "body_temperature": 36.6}.get(day[0].kind, 120)
    numbers = [value if isinstance(value := one.value, int | float) else value.systolic for one in day]  # type: ignore[union-attr]
    assume(all(number >= middle if high else number <= middle for number in numbers))
    worse = [
        *day[:place],
        replace(day[place], value=data.draw(st.sampled_from(farther(day[place].value, high)))),
        *day[place + 1 :],
    ]
    plain, other = Ward(), Ward()

    for one, instead in zip(day, worse, strict=True):
        before = len(plain.told)
        plain.lives(one)
        other.lives(instead)
        told = [finding for finding in plain.told[before:] if isinstance(finding, Finding)]
        for finding in told:
            assert at_least(worst(other), finding.priority)


# --- a restart anywhere -----------------------------------------------------------------------------------------------


def events(ward: Ward) -> list[tuple[str | None, Alert]]:
    return [(name, alert) for name, alert in ward.events]


@settings(max_examples=times(20, 60), deadline=None)
@given(series(), st.data())
def test_a_restart_anywhere_gives_the_same_events_as_none(day: list[Reading], data: st.DataObject) -> None:
    restarts = data.draw(st.sets(st.integers(0, len(day) - 1), max_size=3))
    closed = data.draw(st.sets(st.integers(0, len(day) - 1), max_size=2))
    plain, other = Ward(), Ward()

    for place, one in enumerate(day):
        for ward in (plain, other):
            ward.lives(one)
            if place in closed:
                ward.closes((one.received_ms - BEGIN_MS) / 1000 + 1)
        if place in restarts:
            assert other.restarts((one.received_ms - BEGIN_MS) / 1000 + 2) == []
    for ward in (plain, other):
        ward.lives(until_s=(day[-1].at_ms - BEGIN_MS) / 1000 + 2 * HOUR_S)

    assert events(other) == events(plain)


@settings(max_examples=times(20, 60), deadline=None)
@given(series(), st.data())
def test_taking_readings_again_that_an_earlier_life_took_changes_nothing(day: list[Reading], data: st.DataObject) -> None:
    numbered = [replace(one, seq=number + 1, epoch=3) for number, one in enumerate(day)]
    saved = data.draw(st.integers(0, len(day) - 1))
    cut = data.draw(st.integers(saved, len(day) - 1))
    plain, other = Ward(), Ward()
    plain.takes(*numbered)

    other.takes(*numbered[: saved + 1])
    memory = other.rules.memory()
    other.takes(*numbered[saved + 1 : cut + 1])
    other.rules = other._engine()
    other.rules.load(memory)
    for one in numbered[: cut + 1]:
        other.rules.take(one, one.received_ms)  # what they found then was raised then
    other._keep([*other.rules.resume(other.alerts, numbered[cut].received_ms)])
    other.takes(*numbered[cut + 1 :])

    assert events(other) == events(plain)


# --- sampling ---------------------------------------------------------------------------------------------------------


@settings(max_examples=times(20, 60), deadline=None)
@given(kinds, st.data(), st.sampled_from([5, 30, 61, 150, 299, 600]), st.integers(2, 9))
def test_a_constant_condition_thinned_is_delayed_by_so_many_samples_at_most(
    kind: Kind, data: st.DataObject, every_s: int, thinned: int
) -> None:
    value = data.draw(VALUES[kind])
    readings = [reading(kind, value, number * every_s) for number in range(max(900, 2400 // every_s))]
    dense, sparse = Ward(), Ward()

    dense.lives(*readings)
    sparse.lives(*readings[::thinned])

    assert [alert.priority for alert in sparse.alerts] == [alert.priority for alert in dense.alerts]
    for priority in set(dense.priorities):
        first, later = (next(one for one in ward.findings if one.priority == priority) for ward in (dense, sparse))
        assert later.at_ms - first.at_ms <= thinned * every_s * 1000


# --- what a person closed ---------------------------------------------------------------------------------------------


@settings(max_examples=times(20, 60), deadline=None)
@given(kinds, st.data(), st.sampled_from([5, 61, 299, 1800, 7200]), st.sampled_from(["resolve", "cancel"]))
def test_what_holds_after_an_alert_was_closed_is_told_again(kind: Kind, data: st.DataObject, every_s: int, verb: str) -> None:
    value = data.draw(VALUES[kind])
    ward = Ward()
    lasting = [reading(kind, value, number * every_s) for number in range(max(3, 700 // every_s + 2))]
    ward.lives(*lasting)
    assume(ward.alerts)
    closed_s = (lasting[-1].at_ms - BEGIN_MS) / 1000 + 1
    critical = worst(ward) == "critical"

    ward.closes(closed_s, verb)
    again_s = 25 if kind in SPOT else 15 * 60 if critical else 3600
    ward.lives(*(reading(kind, value, closed_s + number * every_s) for number in range(1, int(again_s // every_s) + 3)))

    assert len(ward.alerts) == 2
    assert ward.alerts[1].open
    assert ward.alerts[1].at_ms <= BEGIN_MS + (closed_s + max(again_s + 1, every_s)) * 1000


# --- low as high ------------------------------------------------------------------------------------------------------


def mirrored_table() -> RuleTable:
    """Limits of the pulse and of the systolic pressure that lie alike on both sides of 100."""
    data = copy.deepcopy(DATA)
    for kind, part in (("heart_rate", ""), ("blood_pressure", "systolic_")):
        highs = {"warning_high": 111, "critical_high": 131, "extreme_high": 151}
        row: dict[str, Any] = {
            "rails": [0, 300],
            "source": "test",
            "rule": "R",
            "clear": "two_minutes",
            "persistence": "two_minutes",
        }
        if part:
            row |= {"clear": "next", "persistence": "confirmed"}
        data[kind]["limits"] = {
            part + name.replace("high", side): row | {"limit": limit if side == "high" else 200 - limit}
            for name, limit in highs.items()
            for side in ("high", "low")
        }
    return RuleTable.read(data)


@pytest.mark.parametrize("kind", ["heart_rate", "blood_pressure"])
@settings(max_examples=times(20, 60), deadline=None)
@given(data=st.data())
def test_low_is_as_high(kind: Kind, data: st.DataObject) -> None:
    values = data.draw(
        st.lists(st.tuples(st.sampled_from([95, 100, 108, 112, 128, 133, 149, 153]), GAPS_S), min_size=1, max_size=40)
    )
    high, low = Ward(mirrored_table()), Ward(mirrored_table())

    at_s = 0.0
    for number, gap_s in values:
        at_s += gap_s
        for ward, value in ((high, number), (low, 200 - number)):
            ward.lives(reading(kind, value if kind == "heart_rate" else BloodPressure(value, 80), at_s))

    def told(ward: Ward) -> list[tuple[Any, ...]]:
        return [(type(one), one.at_ms, getattr(one, "priority", ""), one.detail) for one in ward.told]

    assert told(low) == told(high)
