"""A recorded day gives the same alerts again, in whatever batches it comes and however often parts of it are repeated."""

from __future__ import annotations

from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from drivers.measurement import BloodPressure, Kind
from gateway.alert import Clearing, Finding
from gateway.readings import Reading
from gateway.rules.engine import RuleEngine
from gateway.rules.limit_rules import LATE_MS
from tests.gateway.rules.ward import BEGIN_MS, reading, table
from tests.thorough import times

gaps_s = st.sampled_from([1, 5, 20, 61, 150, 301, 610, 1900])
pulses = st.sampled_from([28, 40, 41, 50, 55, 70, 90, 91, 111, 112, 131, 135, 180, 190])
systolics = st.sampled_from([85, 95, 105, 120, 138, 140, 155, 160, 176, 180, 190, 225])
kinds: list[tuple[Kind, st.SearchStrategy[int]]] = [("heart_rate", pulses), ("blood_pressure", systolics)]
values = st.one_of([st.tuples(st.just(kind), numbers) for kind, numbers in kinds])


@st.composite
def days(draw: st.DrawFn) -> list[Reading]:
    """Some readings of two kinds, some of them late."""
    at_s, day = 0.0, []
    for kind, value in draw(st.lists(values, min_size=1, max_size=60)):
        at_s += draw(gaps_s)
        day.append(_one(kind, value, at_s, late_s=draw(st.sampled_from([0, 0, 0, 120, 3600]))))
    return day


def _one(kind: Kind, value: int, at_s: float, late_s: int) -> Reading:
    what = BloodPressure(value, 70) if kind == "blood_pressure" else value
    return reading(kind, what, at_s, received_ms=BEGIN_MS + round((at_s + late_s) * 1000))


def found(batches: list[list[Reading]]) -> list[Finding | Clearing]:
    """What the rules tell; the clock never goes back, whatever is repeated."""
    rules, told, now_ms = RuleEngine(table()), [], 0
    for one in chain(*batches):
        now_ms = max(now_ms, one.received_ms)
        told += rules.take(one, now_ms)
    return told


@given(days(), st.integers(1, 10))
@settings(max_examples=times(33, 100), deadline=None)
def test_batches_of_any_size_give_the_same(day: list[Reading], size: int) -> None:
    batches = [day[start : start + size] for start in range(0, len(day), size)]

    assert found(batches) == found([day])


@given(days(), st.data())
@settings(max_examples=times(33, 100), deadline=None)
def test_repeats_change_nothing(day: list[Reading], data: st.DataObject) -> None:
    """Soon after; what a band sends again hours later is told from news before the rules see it."""
    again: list[Reading] = []
    for place, one in enumerate(day):
        now_ms = max(before.received_ms for before in day[: place + 1])
        lately = [known for known in day[max(0, place - 3) : place + 1] if known.at_ms >= now_ms - LATE_MS] or [one]
        again += [one, *data.draw(st.lists(st.sampled_from(lately), max_size=2))]

    assert found([again]) == found([day])


@given(days())
@settings(max_examples=times(33, 100), deadline=None)
def test_what_a_finding_names_is_enough_to_see_why(day: list[Reading]) -> None:
    for told in found([day]):
        assert told.readings
        assert all(one.kind == told.kind for one in told.readings)
        assert isinstance(told, Clearing) or told.rule.limit is not None


@given(days())
@settings(max_examples=times(33, 100), deadline=None)
def test_nothing_late_is_critical(day: list[Reading]) -> None:
    late = [replace(one, history=True) for one in day]

    assert not [told for told in found([late]) if isinstance(told, Finding) and told.priority == "critical"]


@given(days())
@settings(max_examples=times(33, 100), deadline=None)
def test_every_clearing_ends_something_that_was_found(day: list[Reading]) -> None:
    holding: set[str] = set()
    for told in found([day]):
        if isinstance(told, Clearing):
            assert told.kind in holding
            holding.remove(told.kind)
        else:
            holding.add(told.kind)
