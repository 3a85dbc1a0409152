"""Where presses are told apart at the very edge: the same counter, the same second, two keys in one frame."""

from __future__ import annotations

import pytest

from drivers.advertisements import mibeacon
from drivers.driver import Decoded, PressPolicy
from drivers.measurement import Measurement
from drivers.presses import DELAY_S, Deduplicated, PressMemory, deduplicate_presses, restored

COUNTED = PressPolicy(silence_s=30, restart_below=100)
AGED = PressPolicy(by_age=True)
BOOT = "b1"
BATTERY = Measurement(kind="battery", value=80)


def press(event: int | None = None, which: int | None = None, age_s: float = 0) -> Measurement:
    return Measurement(kind="button", value="press", event=event, which=which, age_s=age_s)


def heard(memory: PressMemory, at_s: float, *found: Measurement, counter: int | None = None) -> Deduplicated:
    return deduplicate_presses(COUNTED, memory, Decoded(list(found), counter=counter), at_s)


def aged(memory: PressMemory, at_s: float, age_s: float) -> Deduplicated:
    return deduplicate_presses(AGED, memory, Decoded([press(age_s=age_s)]), at_s)


# --- counters


def test_the_same_frame_heard_again_is_no_replay() -> None:
    memory = heard(PressMemory(BOOT), 1, BATTERY, counter=500).memory

    again = heard(memory, 2, BATTERY, counter=500)

    assert again.decoded.measurements == [BATTERY]
    assert again.decoded.refusals == []


@pytest.mark.parametrize(("counter", "is_a_replay"), [(99, False), (100, True)])
def test_a_counter_below_the_last_is_a_new_battery_only_below_the_bound(counter: int, is_a_replay: bool) -> None:
    memory = heard(PressMemory(BOOT), 1, press(7), counter=500).memory

    older = heard(memory, 2, press(7), counter=counter)

    assert [refusal.reason for refusal in older.decoded.refusals] == (["replayed"] if is_a_replay else [])
    assert (older.memory is memory) == is_a_replay
    assert older.store_first == (not is_a_replay)
    assert older.memory.boot == BOOT


def test_a_replay_says_which_counter_came_after_which() -> None:
    memory = heard(PressMemory(BOOT), 1, press(7), counter=500).memory

    (refusal,) = heard(memory, 2, press(8), counter=499).decoded.refusals

    assert refusal.detail == "counter 499, the last good one was 500"


def test_a_frame_without_a_counter_leaves_the_last_good_one_as_it_is() -> None:
    memory = heard(PressMemory(BOOT), 1, press(7), counter=500).memory
    memory = heard(memory, 2, press(8)).memory

    assert heard(memory, 3, press(9), counter=499).decoded.refusals


# --- several keys


def test_a_new_press_is_stored_first_though_a_known_one_stands_behind_it_in_the_frame() -> None:
    memory = heard(PressMemory(BOOT), 1, press(7, which=2)).memory

    both = heard(memory, 2, press(1, which=1), press(7, which=2))

    assert both.decoded.measurements == [press(1, which=1)]
    assert both.store_first


def test_a_repeat_leaves_the_other_numbers_of_its_key_remembered() -> None:
    memory = heard(PressMemory(BOOT), 1, press(7)).memory
    memory = heard(memory, 2, press(8)).memory
    memory = heard(memory, 3, press(8)).memory

    assert heard(memory, 4, press(7)).decoded.measurements == []


@pytest.mark.parametrize("counter", [None, 0x115, 0x215])
def test_a_number_of_one_byte_comes_round_and_the_press_that_has_it_again_rings(counter: int | None) -> None:
    policy = mibeacon.DRIVER.presses
    first = deduplicate_presses(policy, PressMemory(BOOT), Decoded([press(0x15)], counter=counter and 0x15), 1)

    after_weeks = deduplicate_presses(policy, first.memory, Decoded([press(0x15)], counter=counter), 1_000_000)

    assert after_weeks.decoded.measurements == [press(0x15)]


def test_what_a_key_at_rest_told_is_told_once() -> None:
    decoded = Decoded(released=[press(7)])

    assert deduplicate_presses(COUNTED, PressMemory(BOOT), decoded, 1).decoded.released == []


# --- ages


@pytest.mark.parametrize(
    ("age_s", "is_another"),
    [
        pytest.param(20.0, False, id="as much older as time went by"),
        pytest.param(10.0, False, id="the very same age, from a scanner that merges frames"),
        pytest.param(9.0, True, id="younger than it was"),
        pytest.param(0.0, True, id="just now"),
    ],
)
def test_a_press_younger_than_the_last_can_be_by_now_is_another(age_s: float, is_another: bool) -> None:
    memory = aged(PressMemory(BOOT), 100, 10).memory

    assert bool(aged(memory, 110, age_s).decoded.measurements) == is_another


def test_an_age_within_what_a_frame_may_be_on_its_way_is_the_same_press() -> None:
    memory = aged(PressMemory(BOOT), 100, 0).memory

    assert aged(memory, 100 + DELAY_S, 0.5).decoded.measurements == []


def test_a_press_as_old_as_the_last_must_be_is_the_same_and_a_little_younger_is_another() -> None:
    memory = aged(PressMemory(BOOT), 0, 10).memory
    at_s = 1000.0 + DELAY_S  # of which a clock that is a thousandth too slow counts 999 seconds, and the frame may be late
    oldest_s = 10 + at_s * 0.999 - DELAY_S

    assert aged(memory, at_s, oldest_s).decoded.measurements == []
    assert aged(memory, at_s, oldest_s - 0.01).decoded.measurements


# --- a start of the gateway


def test_a_memory_from_the_disk_belongs_to_the_boot_that_reads_it() -> None:
    assert restored(PressMemory("b0", 500), BOOT, 1) == PressMemory(BOOT, 500)
