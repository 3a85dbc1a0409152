"""The recovery ladder: it is never climbed fast, it always ends in being told, and it begins anew once somebody is heard."""

from __future__ import annotations

from itertools import pairwise
from math import inf

import pytest
from hypothesis import given, strategies

from gateway.sources.ble.adapter_recovery import (
    DEAF,
    DEAF_S,
    FIRST_S,
    LISTENS,
    LONGER,
    OFF,
    QUIET_S,
    REST_S,
    SILENT,
    SWITCH_REST_S,
    WORTH_LINKS_S,
    HearingRecord,
    Links,
    Step,
    Trouble,
    next_step,
    told_as,
)

HOUR_S, DAY_S = 3600.0, 86400.0
NO_LINKS, STREAMING, CONNECTING = Links(), Links(1), Links(1, connecting=True)
REFUSALS = sorted(FIRST_S.keys() - {OFF})
BEYOND_US = ["absent", "no D-Bus", "no bluetoothd", "no permission", "cannot", "soft blocked", "hard blocked", "starting"]


class Adapter:
    """An adapter that is looked at every so often, as the scanner does; `taken`: when which step was taken."""

    def __init__(self, *, can_reset: bool = True, links: Links = NO_LINKS, other_hears: bool = False) -> None:
        self.now_s, self.links, self.other_hears = 1000.0, links, other_hears
        self.recovery = HearingRecord()
        self.taken: list[tuple[float, Step]] = []
        self._can_reset = can_reset

    @property
    def trouble(self) -> Trouble:
        return self.recovery.trouble(self.now_s, self.links, other_hears=self.other_hears)

    @property
    def word(self) -> str:
        return told_as(self.trouble, can_reset=self._can_reset)

    @property
    def steps(self) -> list[Step]:
        return [step for _, step in self.taken]

    def fails(self, why: str, for_s: float, look_every_s: float = 1.0) -> None:
        self.recovery.becomes(why, self.now_s)
        until_s = self.now_s + for_s
        while self.now_s < until_s:
            self.look()
            self.now_s += look_every_s

    def look(self) -> None:
        step = next_step(self.trouble, can_reset=self._can_reset)
        if step != "new scan":
            self.recovery.helped(step, self.now_s)
            self.taken.append((self.now_s, step))

    def hears(self) -> None:
        self.recovery.becomes(SILENT, self.now_s)
        self.recovery.heard(self.now_s)


# --- nobody is heard


def test_an_empty_house_at_night_is_no_deaf_radio() -> None:
    """Once it was as quiet for eight hours, nothing is done for a day."""
    adapter = Adapter()
    adapter.hears()
    adapter.fails(SILENT, 8 * HOUR_S, look_every_s=30)
    first_night = len(adapter.taken)
    adapter.hears()
    adapter.fails(SILENT, LONGER * 8 * HOUR_S - 30, look_every_s=30)

    assert first_night <= 6
    assert len(adapter.taken) == first_night
    assert adapter.word == SILENT, "nobody says that it is deaf: whether bands should be heard is known elsewhere"


def test_who_hears_nobody_while_another_adapter_does_is_helped_within_two_minutes_and_told_within_five() -> None:
    adapter = Adapter(other_hears=True)
    adapter.hears()

    adapter.fails(SILENT, 120, look_every_s=30)
    soon = adapter.steps
    adapter.fails(SILENT, 180, look_every_s=30)

    assert soon == ["power cycle"]
    assert adapter.steps[:2] == ["power cycle", "USB reset"]
    assert adapter.word == DEAF


def test_one_that_cannot_be_reset_is_told_after_the_power_cycle() -> None:
    adapter = Adapter(other_hears=True, can_reset=False)

    adapter.fails(SILENT, HOUR_S, look_every_s=30)

    assert set(adapter.steps) == {"power cycle"}
    assert adapter.word == DEAF


def test_without_another_adapter_ten_quiet_minutes_are_the_least() -> None:
    adapter = Adapter()
    adapter.hears()
    adapter.fails(SILENT, QUIET_S)
    before = adapter.steps
    adapter.look()

    assert (before, adapter.steps) == ([], ["power cycle"])


def test_a_silence_that_a_step_ended_does_not_teach_it_to_be_patient() -> None:
    adapter = Adapter()
    adapter.hears()
    for _ in range(3):
        adapter.fails(SILENT, QUIET_S + 5)
        adapter.hears()

    assert adapter.steps == ["power cycle"] * 3


def test_a_streaming_band_keeps_its_link_as_long_as_nobody_knows_that_the_scan_is_deaf() -> None:
    adapter = Adapter(links=STREAMING)

    adapter.fails(SILENT, 7 * DAY_S, look_every_s=30)

    assert adapter.steps == []


@pytest.mark.parametrize("why", [SILENT, *REFUSALS])
def test_a_link_is_cut_where_it_is_known_that_presses_go_unheard_half_a_minute_later_than_without_one(why: str) -> None:
    alone, streaming = Adapter(other_hears=True), Adapter(links=STREAMING, other_hears=True)
    for adapter in (alone, streaming):
        adapter.fails(why, DEAF_S + WORTH_LINKS_S - 1)
    early = streaming.steps
    for adapter in (alone, streaming):
        adapter.fails(why, 2)

    assert streaming.taken[0][0] - alone.taken[0][0] == WORTH_LINKS_S
    assert streaming.steps[:1] == ["power cycle"]
    assert early == [] or why != SILENT


# --- scans are refused


def test_the_scan_of_a_bluetoothd_that_was_killed_is_ended_at_once_where_no_link_stands() -> None:
    alone, streaming = Adapter(), Adapter(links=STREAMING)
    for adapter in (alone, streaming):
        adapter.fails("busy", 11)  # by then the kernel has ended it

    assert alone.steps == ["power cycle"]
    assert streaming.steps == []


@pytest.mark.parametrize("why", REFUSALS)
def test_a_scan_that_stays_refused_is_helped_by_all_means_and_keeps_its_word(why: str) -> None:
    adapter = Adapter()

    adapter.fails(why, HOUR_S)

    assert adapter.steps[:3] == ["power cycle", "USB reset", "power cycle"]
    assert adapter.word == why, "each of these words is a fault by itself"


def test_refusals_of_several_kinds_are_one_trouble() -> None:
    adapter = Adapter()
    for _ in range(10):
        adapter.fails("failed", 3)
        adapter.fails("no answer", 3)

    assert adapter.steps == ["power cycle"]


def test_one_that_is_switched_off_is_switched_on_within_ten_seconds_and_asked_on_and_on() -> None:
    adapter = Adapter()

    adapter.fails(OFF, 10)
    soon = adapter.steps
    adapter.fails(OFF, DAY_S, look_every_s=5)

    assert soon == ["switch on"]
    assert set(adapter.steps) == {"switch on"}
    assert 200 < len(adapter.taken) < 400, "every five minutes"


def test_a_power_cycle_that_left_it_off_is_mended_before_the_next_step_may_come() -> None:
    adapter = Adapter()
    adapter.fails("busy", 1)
    adapter.fails(OFF, 10)

    assert adapter.steps == ["power cycle", "switch on"]


@pytest.mark.parametrize("why", BEYOND_US)
def test_what_no_step_can_mend_is_left_alone(why: str) -> None:
    adapter = Adapter()

    adapter.fails(why, DAY_S, look_every_s=60)

    assert adapter.steps == []
    assert adapter.word == why


# --- always

TROUBLES = strategies.builds(
    Trouble,
    strategies.sampled_from([SILENT, OFF, *REFUSALS, *BEYOND_US]),
    strategies.floats(0, 30 * DAY_S),
    strategies.integers(0, 50),
    strategies.floats(0, inf),
    strategies.sampled_from([NO_LINKS, STREAMING, CONNECTING]),
    strategies.booleans(),
    strategies.floats(0, 30 * DAY_S),
)
HAPPENS = strategies.lists(
    strategies.tuples(
        strategies.sampled_from([SILENT, OFF, "hears", *REFUSALS, *BEYOND_US[:2]]),
        strategies.floats(0.1, 400),
        strategies.sampled_from([NO_LINKS, STREAMING, CONNECTING]),
        strategies.booleans(),
    ),
    max_size=60,
)


@given(HAPPENS, strategies.booleans())
def test_whatever_happens_no_step_follows_another_fast(happens: list[tuple[str, float, Links, bool]], can_reset: bool) -> None:
    adapter = Adapter(can_reset=can_reset)
    for what, for_s, adapter.links, adapter.other_hears in happens:
        if what == "hears":
            adapter.hears()
            adapter.now_s += for_s
        else:
            adapter.fails(what, for_s, look_every_s=2.5)

    for (before_s, _), (after_s, step) in pairwise(adapter.taken):
        assert after_s - before_s >= (SWITCH_REST_S if step == "switch on" else REST_S)


@given(strategies.sampled_from([SILENT, OFF, *REFUSALS]), strategies.booleans(), strategies.booleans())
def test_a_trouble_that_lasts_is_tried_on_for_ever_and_ever_more_slowly(why: str, can_reset: bool, other_hears: bool) -> None:
    adapter = Adapter(can_reset=can_reset, other_hears=other_hears)

    adapter.fails(why, 10 * DAY_S, look_every_s=30)

    gaps = [after_s - before_s for (before_s, _), (after_s, _) in pairwise(adapter.taken)]
    assert all(after_s >= before_s - 30 for before_s, after_s in pairwise(gaps))
    assert adapter.now_s - adapter.taken[-1][0] <= 6 * HOUR_S + 30
    if why != OFF:
        assert len(adapter.taken) <= 60, "six a day once it is slow"


@given(strategies.booleans(), strategies.sampled_from([NO_LINKS, STREAMING]), strategies.floats(0, DAY_S))
def test_whoever_is_known_to_be_deaf_is_told_within_the_hour(can_reset: bool, links: Links, longest_s: float) -> None:
    adapter = Adapter(can_reset=can_reset, links=links, other_hears=True)
    adapter.hears()
    adapter.now_s += longest_s
    adapter.hears()

    adapter.fails(SILENT, HOUR_S, look_every_s=30)

    assert adapter.word == DEAF


@given(TROUBLES, strategies.booleans())
def test_nothing_is_done_while_a_band_is_being_connected_to(trouble: Trouble, can_reset: bool) -> None:
    assert next_step(trouble._replace(links=CONNECTING), can_reset=can_reset) == "new scan"


@given(TROUBLES)
def test_what_cannot_be_reset_is_not(trouble: Trouble) -> None:
    assert next_step(trouble, can_reset=False) != "USB reset"


@given(HAPPENS, strategies.booleans())
def test_who_was_heard_is_a_success_and_the_ladder_begins_anew(
    happens: list[tuple[str, float, Links, bool]], can_reset: bool
) -> None:
    adapter = Adapter(can_reset=can_reset)
    for what, for_s, adapter.links, adapter.other_hears in happens:
        adapter.fails(what, for_s, look_every_s=5)
    adapter.hears()
    adapter.now_s += REST_S
    adapter.hears()
    adapter.links, adapter.other_hears = NO_LINKS, True
    before = len(adapter.taken)

    adapter.fails(SILENT, DEAF_S + 1)

    assert adapter.steps[before:] == ["power cycle"]


def test_an_adapter_whose_only_band_is_connected_through_it_is_not_told_as_silent() -> None:
    alone = Adapter(links=STREAMING)
    alone.fails(SILENT, DAY_S, look_every_s=30)

    assert (alone.word, alone.steps) == (LISTENS, [])
    deaf = Adapter(links=STREAMING, other_hears=True)
    deaf.fails(SILENT, DAY_S, look_every_s=30)
    assert deaf.word == DEAF, "others are heard elsewhere"
