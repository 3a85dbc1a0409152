"""What the wearer is doing, and whether the band is worn: rules go by it."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.driver import SensorTraits
from gateway.readings import Reading
from gateway.rules.wearer_situation import Discard, Judged, WearerSituations

ZONE = ZoneInfo("Asia/Shanghai")
NOON = int(datetime(2026, 11, 23, 12, tzinfo=ZONE).timestamp() * 1000)
NIGHT = int(datetime(2026, 11, 23, 23, tzinfo=ZONE).timestamp() * 1000)
MINUTE = 60_000
WRIST = SensorTraits(cuff=False, site="wrist", worn=True)


def situations() -> WearerSituations:
    return WearerSituations(lambda reading: WRIST, ZONE)


def reading(kind: Any, value: Any, at_ms: int, device: str = "A", wearer: str = "W", **rest: Any) -> Reading:
    return Reading(
        wearer=wearer,
        device=device,
        driver="d",
        kind=kind,
        value=value,
        at_ms=at_ms,
        received_ms=at_ms,
        clock="synced",
        **rest,
    )


def heart(mine: WearerSituations, at_ms: int, device: str = "A", now_ms: int | None = None) -> Judged:
    return mine.take(reading("heart_rate", 70, at_ms, device), now_ms or at_ms)


def tell(mine: WearerSituations, kind: str, value: Any, at_ms: int, device: str = "A", now_ms: int | None = None) -> Judged:
    return mine.take(reading(kind, value, at_ms, device), now_ms or at_ms)


# --- on the wrist or not ----------------------------------------------------------------------------------------------


def test_a_band_of_which_nothing_is_known_counts_and_its_wearers_motion_is_not_known() -> None:
    judged = heart(situations(), NOON)

    assert judged.counts
    assert judged.situation.steps_5min is None
    assert judged.situation.still_s is None
    assert judged.situation.sensor is WRIST


@pytest.mark.parametrize(("kind", "off"), [("worn", False), ("charging", True)])
def test_what_a_band_off_the_wrist_measures_does_not_count_until_it_says_the_contrary(kind: str, off: bool) -> None:
    mine = situations()

    assert tell(mine, kind, off, NOON).discard == Discard("A", NOON - MINUTE, None)
    assert not heart(mine, NOON + 1).counts
    assert not heart(mine, NOON + 10 * 3_600_000).counts
    tell(mine, kind, not off, NOON + 11 * 3_600_000)
    assert heart(mine, NOON + 11 * 3_600_000).counts


@pytest.mark.parametrize(("before_ms", "counts"), [(60_001, True), (60_000, False), (1, False)])
def test_the_minute_before_counts_neither(before_ms: int, counts: bool) -> None:
    mine = situations()
    tell(mine, "worn", False, NOON)

    assert heart(mine, NOON - before_ms, now_ms=NOON + 5).counts is counts


def test_saying_it_again_discards_nothing_more() -> None:
    mine = situations()
    tell(mine, "worn", False, NOON)

    assert tell(mine, "worn", False, NOON + MINUTE).discard is None
    assert tell(mine, "worn", True, NOON + 2 * MINUTE).discard is None
    assert tell(mine, "worn", False, NOON + 9 * MINUTE).discard == Discard("A", NOON + 8 * MINUTE, None)


def test_it_speaks_of_itself_only() -> None:
    mine = situations()
    tell(mine, "worn", False, NOON)

    assert heart(mine, NOON + 1, device="B").counts
    assert mine.take(reading("heart_rate", 70, NOON + 1, wearer="V"), NOON + 1).counts


def test_charging_is_over_only_when_it_says_so_also_on_the_wrist() -> None:
    mine = situations()
    tell(mine, "charging", True, NOON)
    tell(mine, "worn", True, NOON + 1)

    assert not heart(mine, NOON + 2).counts
    tell(mine, "charging", False, NOON + 3)
    assert heart(mine, NOON + 4).counts


def test_a_late_word_that_it_was_off_leaves_what_came_after_it_was_put_on_again() -> None:
    mine = situations()
    tell(mine, "worn", True, NOON + 10 * MINUTE)

    told = tell(mine, "worn", False, NOON, now_ms=NOON + 11 * MINUTE)

    assert told.discard == Discard("A", NOON - MINUTE, NOON + 10 * MINUTE)
    assert heart(mine, NOON + 10 * MINUTE).counts
    assert not heart(mine, NOON + 10 * MINUTE - 1).counts


def test_what_a_band_remembered_comes_after_what_it_says_now() -> None:
    mine = situations()
    tell(mine, "worn", False, NOON + 60 * MINUTE)
    for minute, worn in [(0, False), (10, True), (40, False)]:
        tell(mine, "worn", worn, NOON + minute * MINUTE, now_ms=NOON + 61 * MINUTE)

    counted = [minute for minute in range(0, 62, 3) if heart(mine, NOON + minute * MINUTE, now_ms=NOON + 61 * MINUTE).counts]
    assert counted == list(range(12, 39, 3))


def test_a_band_that_says_the_same_for_hours_is_still_known_to_have_been_off() -> None:
    mine = situations()
    tell(mine, "worn", False, NOON)
    for minute in range(5, 1200, 5):
        tell(mine, "worn", True, NOON + minute * MINUTE)

    assert not heart(mine, NOON + 3 * MINUTE, now_ms=NOON + 1200 * MINUTE).counts
    assert heart(mine, NOON + 5 * MINUTE, now_ms=NOON + 1200 * MINUTE).counts


def test_a_word_from_the_future_holds_from_now() -> None:
    mine = situations()
    tell(mine, "worn", False, NOON + 3_600_000, now_ms=NOON)
    assert not heart(mine, NOON + 1).counts
    tell(mine, "worn", True, NOON + 2)
    assert heart(mine, NOON + 3).counts


def test_an_invalid_word_says_nothing() -> None:
    mine = situations()
    mine.take(reading("worn", False, NOON, quality=("invalid:x",)), NOON)

    assert heart(mine, NOON).counts


# --- steps ------------------------------------------------------------------------------------------------------------


def walk(mine: WearerSituations, counts: list[int], begin_ms: int = NOON, every_ms: int = MINUTE, device: str = "A") -> int:
    """The time of the last count."""
    for n, count in enumerate(counts):
        tell(mine, "steps", count, begin_ms + n * every_ms, device)
    return begin_ms + (len(counts) - 1) * every_ms


def test_one_count_tells_no_motion() -> None:
    mine = situations()
    end = walk(mine, [3500])

    assert heart(mine, end + 1).situation.steps_5min is None


def test_a_wearer_who_walks() -> None:
    mine = situations()
    end = walk(mine, [1000 + 120 * n for n in range(11)])

    situation = heart(mine, end).situation
    assert (situation.steps_5min, situation.still_s) == (600, 0)


def test_a_wearer_who_stands_still() -> None:
    mine = situations()
    end = walk(mine, [1000, 1120, *[1120] * 9])

    situation = heart(mine, end + 30_000).situation
    assert (situation.steps_5min, situation.still_s) == (0, 570)


def test_steps_counted_over_the_edge_of_five_minutes_count_with_their_share() -> None:
    mine = situations()
    end = walk(mine, [1000, 1600], every_ms=10 * MINUTE)

    assert heart(mine, end).situation.steps_5min == 300


def test_who_walked_at_the_last_count_walks_on_until_the_next_is_overdue() -> None:
    """A band that counts every five minutes measures between two counts, and before the next one in the same record."""
    mine = situations()
    end = walk(mine, [1000, 1400, 1800], every_ms=5 * MINUTE)

    assert heart(mine, end + 5 * MINUTE).situation.steps_5min == 400
    assert heart(mine, end + 7 * MINUTE).situation.steps_5min == 400
    assert heart(mine, end + 8 * MINUTE).situation.steps_5min == 0
    assert heart(mine, end + 16 * MINUTE).situation.steps_5min is None


def test_who_stood_still_at_the_last_count_stands_still_till_the_next() -> None:
    mine = situations()
    end = walk(mine, [1000, 1400, 1400], every_ms=5 * MINUTE)

    assert heart(mine, end + 4 * MINUTE).situation.steps_5min == 0


@pytest.mark.parametrize(("after_ms", "known"), [(15 * MINUTE, True), (15 * MINUTE + 1, False)])
def test_no_count_for_fifteen_minutes_motion_is_not_known(after_ms: int, known: bool) -> None:
    mine = situations()
    end = walk(mine, [10, 10])

    assert (heart(mine, end + after_ms).situation.still_s is not None) is known


def test_a_count_that_begins_anew_was_walked_since() -> None:
    mine = situations()
    end = walk(mine, [9000, 9000, 40])

    assert heart(mine, end).situation.steps_5min == 40


def test_a_count_that_falls_back_to_nothing_is_no_step() -> None:
    mine = situations()
    end = walk(mine, [9000, *[9000] * 9, 0])

    assert heart(mine, end).situation.still_s == 600


def test_a_band_that_corrects_its_count_does_not_hide_a_racing_heart() -> None:
    mine = situations()
    end = walk(mine, [9000, 9000, 8990])

    assert heart(mine, end).situation.steps_5min == 0


def test_late_counts_find_their_place() -> None:
    mine = situations()
    times = list(range(10))
    for n in [0, 9, 3, 7, 5, 1, 8, 2, 6, 4]:
        tell(mine, "steps", 100 * times[n], NOON + n * MINUTE, now_ms=NOON + 9 * MINUTE)

    assert heart(mine, NOON + 9 * MINUTE).situation.steps_5min == 500
    assert heart(mine, NOON + 6 * MINUTE, now_ms=NOON + 9 * MINUTE).situation.steps_5min == 500


def test_who_walks_by_one_band_walks() -> None:
    mine = situations()
    walk(mine, [10] * 11, device="A")
    end = walk(mine, [100 * n for n in range(11)], device="B")

    assert heart(mine, end, device="A").situation.steps_5min == 500
    assert heart(mine, end, device="C").situation.still_s == 0


def test_the_steps_of_a_band_off_the_wrist_say_nothing() -> None:
    mine = situations()
    tell(mine, "worn", False, NOON, device="A")
    end = walk(mine, [10] * 11, device="A")

    assert heart(mine, end, device="B").situation.still_s is None


# --- asleep -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begin_ms", "minutes", "asleep"),
    [
        pytest.param(NIGHT, 30, True, id="half an hour"),
        pytest.param(NIGHT, 29, False, id="not yet"),
        pytest.param(NOON, 60, False, id="by day"),
        pytest.param(NIGHT - 150 * MINUTE, 30, True, id="21:00"),
        pytest.param(NIGHT - 151 * MINUTE, 30, False, id="20:59"),
        pytest.param(NIGHT + 450 * MINUTE, 29, False, id="06:59, too short"),
        pytest.param(NIGHT + 449 * MINUTE, 30, True, id="06:59"),
        pytest.param(NIGHT + 450 * MINUTE, 30, False, id="07:00"),
    ],
)
def test_asleep_is_half_an_hour_without_a_step_at_night(begin_ms: int, minutes: int, asleep: bool) -> None:
    mine = situations()
    end = walk(mine, [5] * (minutes + 1), begin_ms)

    assert heart(mine, end).situation.asleep is asleep


# --- what survives ----------------------------------------------------------------------------------------------------


def test_the_clock_is_set_and_nothing_is_longer_ago() -> None:
    mine = situations()
    end = walk(mine, [10] * 6)
    tell(mine, "worn", False, end, device="B")
    mine.clock_stepped(86_400_000)

    assert heart(mine, end + 86_400_000).situation.still_s == 300
    assert heart(mine, end + 86_400_000 - 61_000, device="B").counts
    assert not heart(mine, end + 86_400_000, device="B").counts


def test_who_is_forgotten_is_forgotten_on_the_disk_too() -> None:
    mine = situations()
    tell(mine, "worn", False, NOON)
    assert mine.memory()
    mine.forget("W")

    assert mine.memory() == {"situation/W": b""}
    assert heart(mine, NOON).counts


def test_memory_tells_what_has_changed_and_no_more() -> None:
    mine = situations()
    tell(mine, "worn", True, NOON)

    assert list(mine.memory()) == ["situation/W"]
    heart(mine, NOON)
    assert mine.memory() == {}


def test_damaged_memory_is_left_aside() -> None:
    mine = situations()
    mine.load({"situation/W": b"{", "situation/V": b'{"A":[[[1]],3]}', "other": b"\xff", "situation/U": b""})

    assert heart(mine, NOON).counts


TOLD = st.lists(
    st.tuples(
        st.sampled_from([("worn", True), ("worn", False), ("charging", True), ("charging", False)])
        | st.tuples(st.just("steps"), st.integers(0, 3000)),
        st.integers(0, 90 * 60).map(lambda s: NOON + s * 1000),
        st.sampled_from("AB"),
    ),
    max_size=40,
)


@given(TOLD, st.integers(0, 40))
def test_a_restart_anywhere_changes_nothing(told: list[Any], cut: int) -> None:
    mine, other = situations(), situations()
    disk: dict[str, bytes] = {}
    for n, ((kind, value), at_ms, device) in enumerate(told):
        if n == cut:
            disk |= other.memory()
            other = situations()
            other.load(disk)
        now_ms = NOON + 90 * MINUTE
        assert tell(mine, kind, value, at_ms, device, now_ms) == tell(other, kind, value, at_ms, device, now_ms)
        assert heart(mine, at_ms, "A", now_ms) == heart(other, at_ms, "A", now_ms)


@given(st.dictionaries(st.tuples(st.integers(0, 88), st.sampled_from("AB")), st.booleans(), max_size=40), st.randoms())
def test_words_more_than_a_minute_apart_may_come_in_any_order(said: dict[tuple[int, str], bool], luck: random.Random) -> None:
    words = [(NOON + place * 61_000, device, worn) for (place, device), worn in said.items()]
    now_ms = NOON + 90 * MINUTE
    mine, other = situations(), situations()
    for at_ms, device, worn in sorted(words):
        tell(mine, "worn", worn, at_ms, device, now_ms)
    for at_ms, device, worn in luck.sample(words, len(words)):
        tell(other, "worn", worn, at_ms, device, now_ms)

    for second in range(0, 90 * 60, 17):
        assert heart(mine, NOON + second * 1000, "A", now_ms) == heart(other, NOON + second * 1000, "A", now_ms)


@given(TOLD)
def test_still_and_steps_never_contradict_each_other(told: list[Any]) -> None:
    mine = situations()
    now_ms = NOON + 90 * MINUTE
    for (kind, value), at_ms, device in told:
        tell(mine, kind, value, at_ms, device, now_ms)
        situation = heart(mine, at_ms, "A", now_ms).situation
        assert (situation.steps_5min is None) == (situation.still_s is None)
        if situation.still_s is not None and situation.steps_5min is not None:
            assert situation.still_s >= 0
            assert situation.steps_5min >= 0
            assert situation.still_s < 300 or situation.steps_5min == 0
