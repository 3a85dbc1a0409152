"""Whatever a day brings: a restart, a step of the clock or coarse ticks change nothing of what is told of a band, and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.measurement import Kind
from gateway.alert import Clearing, Finding
from gateway.supervision.band_record import BandRules, WatchedBand
from gateway.supervision.bands import BandSupervision
from gateway.supervision.wearing_hours import WearingHours
from tests.gateway.supervision.test_bands import BAND, HUB, MINUTE_MS, SHANGHAI, Ward, watched
from tests.thorough import times

ALWAYS = "00:00-24:00"
Deed = tuple[str, Any]

deeds: st.SearchStrategy[Deed] = st.one_of(
    st.tuples(st.just("passes"), st.sampled_from([1, 5, 20, 31, 59, 61, 90, 400, 800])),
    st.tuples(st.just("heard"), st.just(None)),
    st.tuples(st.just("worn"), st.booleans()),
    st.tuples(st.just("charging"), st.booleans()),
    st.tuples(st.just("battery"), st.integers(0, 100)),
    st.tuples(st.just("battery_low"), st.booleans()),
    st.tuples(st.just("lost"), st.booleans()),
    st.tuples(st.just("closes"), st.just(None)),
)


def does(ward: Ward, deed: Deed) -> None:
    name, value = deed
    if name == "passes":
        ward.passes(value)
    elif name == "heard":
        ward.heard(by=HUB)
    elif name == "lost":
        ward.lost(*([HUB] if value else []))
    elif name == "closes":
        for kind in [alert.kind for alert in ward.alerts]:
            ward.closes(kind)
    else:
        ward.says(cast("Kind", name), value)


def a_day(day: list[Deed], between: Callable[[Ward, int], None] = lambda ward, number: None) -> Ward:
    ward = Ward("10:00", watched(ways=[HUB]), hours=ALWAYS, silent_critical_min=120)
    for number, deed in enumerate(day):
        does(ward, deed)
        between(ward, number)
    ward.passes(100)
    return ward


def kinds(ward: Ward) -> list[tuple[str, str]]:
    return [(kind, what) for _, kind, what in ward.told]


@settings(max_examples=times(50, 150), deadline=None)
@given(st.lists(deeds, max_size=25), st.integers(0, 24))
def test_a_restart_anywhere_changes_nothing(day: list[Deed], where: int) -> None:
    def restarts(ward: Ward, number: int) -> None:
        if number == where:
            lost = ward.supervision._lost  # the port is as it was
            ward.restarts()
            ward.supervision.sources_lost(lost, ward.now_ms)
            ward.passes(0)

    told, with_restart = a_day(day).told, a_day(day, restarts).told

    # a silence of less than a minute is not written down: it begins anew, and is told so much later
    assert [one[1:] for one in with_restart] == [one[1:] for one in told]


@settings(max_examples=times(50, 150), deadline=None)
@given(st.lists(deeds, max_size=25), st.integers(0, 24), st.integers(-3_000_000, 3_000_000))
@pytest.mark.fault("clock", "the clock steps while bands are silent", promise="nothing is told sooner, later or twice")
def test_a_step_of_the_clock_anywhere_changes_nothing(day: list[Deed], where: int, minutes: int) -> None:
    def is_set(ward: Ward, number: int) -> None:
        if number == where:
            ward.clock_is_set(minutes)
            ward.passes(0)

    assert kinds(a_day(day, is_set)) == kinds(a_day(day))


@settings(max_examples=times(50, 150), deadline=None)
@given(st.lists(deeds, max_size=25))
def test_what_was_told_is_open_until_it_is_cleared_or_closed_and_nothing_is_told_twice(day: list[Deed]) -> None:
    ward = a_day(day)

    for kind in ("silent", "off_wrist", "battery"):
        told = [what for _, of, what in ward.told if of == kind]
        ends = [at for at, what in enumerate(told) if what == "over"]
        assert all(told[at - 1] != "over" for at in ends if at)
        assert not ends or ends[0] > 0
        closed = ("closes", None) in day
        if not closed:  # then each beginning is more urgent than what stands
            rises = [what for what in told if what != "over"]
            assert len(rises) <= 2 * (len(ends) + 1) + (kind == "battery") * len(day)


@settings(max_examples=times(33, 100), deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 70)), max_size=12))
def test_no_band_that_is_gone_stays_untold_for_longer_than_its_limit(day: list[tuple[bool, int]]) -> None:
    """Of minutes in which it is listened to, whatever the port does."""
    rules = BandRules(hours=WearingHours.read(ALWAYS, SHANGHAI))
    band = WatchedBand(address=BAND, wearer="W-001", worn=True, ways=frozenset({HUB}))
    now_ms = listened_ms = 0
    supervision, told = BandSupervision(rules, [band], now_ms), list[Finding | Clearing]()
    for lost, minutes in day:
        supervision.sources_lost([HUB] if lost else [], now_ms)
        for _ in range(minutes):
            now_ms += MINUTE_MS
            listened_ms += 0 if lost else MINUTE_MS
            told += supervision.tick(now_ms)
            assert bool(told) == (listened_ms >= 60 * MINUTE_MS)

    assert len(told) <= 1
