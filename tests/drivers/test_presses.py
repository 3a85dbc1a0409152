"""One press is one event, the next press another, and a restart of the gateway rings no old one."""

from __future__ import annotations

import msgspec
import pytest

from drivers.driver import Decoded, PressPolicy
from drivers.measurement import Button, Measurement
from drivers.presses import KEYS, NUMBERS, Deduplicated, PressMemory, deduplicate_presses, restored

POLICY = PressPolicy(silence_s=30, restart_below=100)
BOOT = "b1"
NOTHING = PressMemory(BOOT)


def press(event: int | str | None = None, value: Button = "press", which: int | None = None) -> Measurement:
    return Measurement(kind="button", value=value, event=event, which=which)


BATTERY = Measurement(kind="battery", value=80)


def deduplicated(memory: PressMemory, at_s: float, *found: Measurement, counter: int | None = None) -> Deduplicated:
    return deduplicate_presses(POLICY, memory, Decoded(list(found), counter=counter), at_s)


def rings(memory: PressMemory, at_s: float, *found: Measurement, counter: int | None = None) -> bool:
    return bool(deduplicated(memory, at_s, *found, counter=counter).decoded.measurements)


def after_a_restart(memory: PressMemory, now_s: float, boot: str = BOOT) -> PressMemory:
    """What comes back from the disk."""
    return restored(msgspec.json.decode(msgspec.json.encode(memory), type=PressMemory), boot, now_s)


def test_the_memory_is_stored_before_a_press_goes_on_and_not_for_its_repeats() -> None:
    first = deduplicated(NOTHING, 1, press(7))
    repeat = deduplicated(first.memory, 1.1, press(7))

    assert first.store_first
    assert not repeat.store_first
    assert repeat.decoded.measurements == []


def test_what_is_no_press_passes_with_every_repeat() -> None:
    first = deduplicated(NOTHING, 1, BATTERY, press(7))
    repeat = deduplicated(first.memory, 1.1, BATTERY, press(7))

    assert repeat.decoded.measurements == [BATTERY]


def test_a_frame_without_press_and_counter_changes_nothing() -> None:
    quiet = deduplicated(NOTHING, 1, BATTERY)

    assert quiet.memory is NOTHING
    assert not quiet.store_first


def test_a_fall_is_one_event_as_a_press_is() -> None:
    fall = Measurement(kind="fall", value=True, event=3)
    first = deduplicated(NOTHING, 1, fall)

    assert first.decoded.measurements == [fall]
    assert not rings(first.memory, 2, fall)


@pytest.mark.parametrize("boot", [pytest.param(BOOT, id="killed and restarted"), pytest.param("b2", id="the machine rebooted")])
def test_after_a_restart_the_old_press_does_not_ring_and_the_new_one_does(boot: str) -> None:
    memory = deduplicated(NOTHING, 1000, press(7)).memory

    restarted = after_a_restart(memory, 5, boot)

    assert not rings(restarted, 6, press(7))
    assert rings(restarted, 7, press(8))


def test_after_a_restart_the_old_press_stays_silent_as_long_as_it_is_sent() -> None:
    memory = after_a_restart(deduplicated(NOTHING, 1000, press(7)).memory, 0, "b2")

    for at_s in (1, 20, 45, 70):
        heard = deduplicated(memory, at_s, press(7))
        assert heard.decoded.measurements == []
        memory = heard.memory


def test_silence_that_nobody_listened_to_is_none() -> None:
    memory = after_a_restart(deduplicated(NOTHING, 1000, press(7)).memory, 5000)

    assert not rings(memory, 5001, press(7))


def test_after_a_restart_an_old_number_is_new_again_once_it_was_silent() -> None:
    memory = after_a_restart(deduplicated(NOTHING, 1000, press(7)).memory, 0, "b2")

    assert rings(memory, 30, press(7))


def test_a_press_without_a_number_is_known_after_a_kill_by_its_time() -> None:
    memory = after_a_restart(deduplicated(NOTHING, 1000, press()).memory, 1010)

    assert not rings(memory, 1011, press())
    assert rings(memory, 1031, press())


def test_a_press_without_a_number_is_new_after_a_reboot() -> None:
    memory = after_a_restart(deduplicated(NOTHING, 1000, press()).memory, 3, "b2")

    assert rings(memory, 4, press())


def test_a_press_that_goes_on_and_on_is_stored_again_so_that_a_kill_does_not_make_it_new() -> None:
    on_disk = memory = deduplicated(NOTHING, 0, press()).memory
    for tenth in range(1, 501):
        heard = deduplicated(memory, tenth / 10, press())
        memory = heard.memory
        on_disk = memory if heard.store_first else on_disk

    restarted = after_a_restart(on_disk, 55)

    assert not rings(restarted, 55, press())


def test_such_a_press_is_stored_seldom() -> None:
    memory, stored = NOTHING, 0
    for tenth in range(600):
        heard = deduplicated(memory, tenth / 10, press())
        memory = heard.memory
        stored += heard.store_first

    assert stored == 6


def test_a_replayed_press_does_not_ring_and_is_refused() -> None:
    memory = deduplicated(NOTHING, 0, press(500), counter=500).memory

    replayed = deduplicated(memory, 1, BATTERY, press(499), counter=499)

    assert replayed.decoded.measurements == []
    assert [refusal.reason for refusal in replayed.decoded.refusals] == ["replayed"]
    assert replayed.memory is memory


def test_a_replay_is_refused_after_a_reboot_too() -> None:
    memory = after_a_restart(deduplicated(NOTHING, 0, press(500), counter=500).memory, 0, "b2")

    assert [refusal.reason for refusal in deduplicated(memory, 60, press(499), counter=499).decoded.refusals] == ["replayed"]
    assert not rings(memory, 3600, press(500), counter=500)


def test_a_new_battery_is_stored_at_once_for_a_high_counter_on_the_disk_would_make_the_device_deaf() -> None:
    memory = deduplicated(NOTHING, 0, press(500), counter=500).memory

    renewed = deduplicated(memory, 1, BATTERY, counter=3)

    assert renewed.store_first
    assert renewed.memory.counter == 3
    assert renewed.decoded.measurements == [BATTERY]


def rung(memory: PressMemory, *counters: int, at_s: float = 0.0) -> tuple[PressMemory, list[int]]:
    """A press with each of these counters, one in ten seconds: the memory after them, and which rang."""
    rang = []
    for place, counter in enumerate(counters):
        new = deduplicated(memory, at_s + 10 * place, press(counter), counter=counter)
        rang += [counter] if new.decoded.measurements else []
        memory = new.memory
    return memory, rang


OLD = 5_000  # the counter of a device that is years old


@pytest.mark.parametrize("restarted", [False, True], ids=["running on", "after a restart"])
def test_once_the_device_is_heard_again_recorded_frames_are_replays_for_ever(restarted: bool) -> None:
    memory, _ = rung(NOTHING, OLD)
    memory, _ = rung(memory, 3, at_s=100)  # recorded when it was new
    memory, rang = rung(memory, OLD + 1, at_s=120)  # the device itself
    assert rang == [OLD + 1]
    memory = after_a_restart(memory, 130, "b2") if restarted else memory

    for at_s in (200, 86_400, 30 * 86_400):
        memory, rang = rung(memory, 3, 4, 99, 4_000, OLD - 1, OLD, at_s=at_s)
        assert rang == []
    _, rang = rung(memory, OLD + 2, OLD + 3, at_s=40 * 86_400)
    assert rang == [OLD + 2, OLD + 3]


def test_when_the_device_is_heard_again_what_it_sent_just_before_the_replay_is_no_late_frame() -> None:
    memory, _ = rung(NOTHING, OLD - 1, OLD, 3, OLD + 1)

    assert rung(memory, OLD - 1, OLD, at_s=40)[1] == []


def test_a_new_battery_does_not_open_the_door_to_what_was_recorded_of_the_old_one() -> None:
    memory, _ = rung(NOTHING, OLD)
    memory, rang = rung(memory, 0, 1, 2, at_s=100)
    assert rang == [0, 1, 2]

    after, rang = rung(memory, 2_000, 4_000, at_s=140)

    assert rang == []
    assert after == memory


def test_one_new_battery_after_another_is_heard_however_long_each_lasts() -> None:
    lives = [[*range(1, 400, 7)], [*range(0, 900, 9)], [*range(2, 90, 3)], [*range(1, 2_000, 20)], [0, 1, 2]]
    memory, at_s = NOTHING, 0.0
    for life in lives:
        memory, rang = rung(memory, *life, at_s=at_s)
        assert rang == life
        at_s += 10 * len(life)


@pytest.mark.parametrize("away", ["out of reach", "rebooted"])
def test_who_was_not_heard_for_long_since_the_new_battery_is_heard_again(away: str) -> None:
    memory, _ = rung(NOTHING, OLD, 1)
    memory = after_a_restart(memory, 5, "b2") if away == "rebooted" else memory

    _, rang = rung(memory, 1_000, at_s=20 if away == "rebooted" else 3_600)

    assert rang == [1_000]


@pytest.mark.parametrize("away", ["out of reach", "rebooted"])
def test_who_was_not_heard_while_it_outlived_its_old_battery_is_heard_with_the_next_one_too(away: str) -> None:
    memory, _ = rung(NOTHING, OLD, 1)
    memory, _ = rung(memory, OLD - 50, at_s=40_000)
    memory = after_a_restart(memory, 5, "b2") if away == "rebooted" else memory
    memory, rang = rung(memory, OLD + 400, at_s=43_600)  # an hour's walk, with a sign of life each eight seconds
    assert rang == [OLD + 400]

    _, rang = rung(memory, 1, at_s=10_000_000)

    assert rang == [1]


@pytest.mark.parametrize("counter", [9, 500])
def test_a_press_that_a_hub_tells_of_after_the_radio_heard_the_next_frame_rings_once(counter: int) -> None:
    memory = deduplicated(NOTHING, 0, BATTERY, counter=counter - 1).memory
    memory = deduplicated(memory, 8, BATTERY, counter=counter + 1).memory

    first = deduplicated(memory, 10, press(counter), counter=counter)
    again = deduplicated(first.memory, 11, BATTERY, counter=counter + 2)

    assert first.decoded.measurements == [press(counter)]
    assert first.store_first
    assert again.decoded.measurements == [BATTERY]


@pytest.mark.parametrize(("after_s", "times"), [(31, 1), (2, 2)], ids=["long after", "a second time"])
def test_what_was_passed_over_comes_soon_and_once_or_is_a_replay(after_s: float, times: int) -> None:
    memory, _ = rung(NOTHING, 498, 500)
    for _ in range(times - 1):
        memory = deduplicated(memory, 10 + after_s, press(499), counter=499).memory

    late = deduplicated(memory, 10 + after_s, press(499), counter=499)

    assert [refusal.reason for refusal in late.decoded.refusals] == ["replayed"]


def test_a_counter_that_wraps_goes_on() -> None:
    memory, rang = rung(NOTHING, 65_534, 65_535, 0, 1, 2)

    assert rang == [65_534, 65_535, 0, 1, 2]
    assert rung(memory, 60_000, at_s=100)[1] == []


def test_without_such_a_promise_a_low_counter_is_a_replay() -> None:
    memory = deduplicate_presses(PressPolicy(), NOTHING, Decoded([BATTERY], counter=5), 0).memory

    assert deduplicate_presses(PressPolicy(), memory, Decoded([BATTERY], counter=4), 1).decoded.refusals


def test_a_moved_counter_alone_is_not_worth_a_write() -> None:
    memory = deduplicated(NOTHING, 0, press(500), counter=500).memory

    moved = deduplicated(memory, 1, BATTERY, counter=501)

    assert moved.memory.counter == 501
    assert not moved.store_first


def test_without_silence_in_its_policy_the_same_number_is_never_new() -> None:
    policy = PressPolicy(silence_s=0)
    memory = deduplicate_presses(policy, NOTHING, Decoded([press("20:41")]), 0).memory

    assert not deduplicate_presses(policy, memory, Decoded([press("20:41")]), 1e6).decoded.measurements
    assert deduplicate_presses(policy, memory, Decoded([press("20:42")]), 1e6).decoded.measurements


def test_a_record_of_a_hub_goes_the_same_way() -> None:
    policy = PressPolicy(silence_s=60)
    sos = Measurement(kind="button", value="sos", event=7, record=7)
    memory = deduplicate_presses(policy, NOTHING, Decoded([sos]), 0).memory

    assert not deduplicate_presses(policy, memory, Decoded([sos]), 59).decoded.measurements
    assert deduplicate_presses(policy, memory, Decoded([sos]), 60).decoded.measurements


def test_whatever_is_pressed_the_memory_stays_small() -> None:
    memory = NOTHING
    for number in range(1000):
        memory = deduplicated(memory, number, press(number)).memory

    assert [len(known) for known in memory.presses.values()] == [NUMBERS]
    assert not rings(memory, 1000, press(999))

    for which in range(1, 101):
        memory = deduplicated(memory, 1000 + which, press(which=which)).memory

    assert len(memory.presses) == KEYS
    assert not rings(memory, 1101, press(which=100))


# --- told by a bit: the key is pressed or at rest -----------------------------------------------------------------------


def rest(event: int | str | None = None, value: Button = "press", which: int | None = None, age_s: float = 0) -> Measurement:
    """What a key at rest tells of its last press."""
    return Measurement(kind="button", value=value, event=event, which=which, age_s=age_s)


def released(memory: PressMemory, at_s: float, *keys: Measurement, policy: PressPolicy = POLICY) -> Deduplicated:
    return deduplicate_presses(policy, memory, Decoded([BATTERY], released=list(keys)), at_s)


def test_a_key_that_was_at_rest_in_between_is_pressed_anew() -> None:
    memory = released(NOTHING, 0, rest()).memory
    memory = deduplicated(memory, 1, press()).memory
    assert not rings(memory, 2, press())

    memory = released(memory, 3, rest()).memory

    assert rings(memory, 3.1, press())


def test_the_rest_of_one_key_ends_no_press_of_another() -> None:
    memory = deduplicated(NOTHING, 0, press(which=1)).memory

    memory = released(memory, 1, rest(which=2)).memory

    assert not rings(memory, 2, press(which=1))


def test_a_key_at_rest_is_no_press_and_is_stored_when_it_changes_only() -> None:
    first = released(NOTHING, 0, rest())
    again = released(first.memory, 1, rest())
    after_a_press = released(deduplicated(again.memory, 2, press()).memory, 3, rest())

    assert [heard.decoded.measurements for heard in (first, again, after_a_press)] == [[BATTERY]] * 3
    assert [heard.store_first for heard in (first, again, after_a_press)] == [True, False, True]


def test_a_press_rings_though_the_gateway_was_killed_while_the_key_was_at_rest() -> None:
    memory = released(deduplicated(NOTHING, 1000, press()).memory, 1003, rest()).memory

    assert rings(after_a_restart(memory, 1008), 1010, press())


# --- told by a number, also when the press itself was missed ------------------------------------------------------------

COUNTED = PressPolicy(silence_s=0)
AGED = PressPolicy(silence_s=0, by_age=True)


def heard(memory: PressMemory, at_s: float, *found: Measurement, policy: PressPolicy = COUNTED) -> Deduplicated:
    return deduplicate_presses(policy, memory, Decoded(list(found)), at_s)


def missed(memory: PressMemory, at_s: float, *keys: Measurement, policy: PressPolicy = COUNTED) -> list[Measurement]:
    """The presses that a frame with keys at rest tells of."""
    found = released(memory, at_s, *keys, policy=policy).decoded.measurements
    return [measurement for measurement in found if measurement is not BATTERY]


def counted(*events: int | str | None) -> PressMemory:
    """A device whose keys at rest told these numbers, a minute apart."""
    memory = NOTHING
    for number, event in enumerate(events):
        memory = released(memory, 60 * number, rest(event), policy=COUNTED).memory
    return memory


def test_the_first_frame_at_rest_tells_of_no_press() -> None:
    assert missed(NOTHING, 0, rest(500)) == []


def test_a_number_that_moved_is_one_late_press_however_many_were_missed() -> None:
    memory = counted(500)

    told = released(memory, 9, rest(503), policy=COUNTED)

    assert told.decoded.measurements == [BATTERY, Measurement(kind="button", value="press", event=503, late=True)]
    assert told.store_first
    assert missed(told.memory, 10, rest(503)) == []


def test_a_press_that_was_heard_is_not_told_again_by_the_key_at_rest() -> None:
    memory = heard(counted(500), 9, press(501)).memory

    assert missed(memory, 10, rest(501)) == []
    assert missed(memory, 1000, rest(501)) == []


def test_a_late_press_is_not_told_again_when_its_own_frame_arrives() -> None:
    memory = released(counted(500), 9, rest(501), policy=COUNTED).memory

    assert heard(memory, 9.1, press(501)).decoded.measurements == []


def test_silence_makes_a_key_at_rest_no_press() -> None:
    memory = released(NOTHING, 0, rest(500)).memory

    assert missed(memory, 1000, rest(500), policy=POLICY) == []


def test_each_kind_of_press_counts_for_itself() -> None:
    memory = counted(41)

    assert missed(memory, 1, rest(7, "long_press")) == []
    assert heard(memory, 1, press(41, "long_press")).decoded.measurements
    assert missed(memory, 1, rest(42))


def test_numbers_out_of_order_are_repeats() -> None:
    memory = counted(500)
    for event in (501, 502, 503):
        memory = heard(memory, 60, press(event)).memory

    assert heard(memory, 61, press(501)).decoded.measurements == []
    assert missed(memory, 61, rest(502)) == []


def test_a_number_of_long_ago_is_a_new_press_for_a_new_battery_counts_anew() -> None:
    memory = heard(heard(NOTHING, 0, press(1)).memory, 60, press(2)).memory

    assert heard(memory, 120, press(1)).decoded.measurements
    assert missed(memory, 120, rest(1))


def test_a_new_battery_is_no_press_and_the_first_press_after_it_is() -> None:
    memory = counted(1, 2, None)

    assert missed(counted(1, 2), 180, rest()) == []
    assert heard(memory, 125, press(1)).decoded.measurements
    assert missed(memory, 125, rest(1))


@pytest.mark.parametrize("boot", [pytest.param(BOOT, id="killed and restarted"), pytest.param("b2", id="the machine rebooted")])
@pytest.mark.parametrize("before", [pytest.param(500, id="pressed before"), pytest.param(None, id="never pressed before")])
def test_a_press_while_the_gateway_was_down_is_told_late(boot: str, before: int | None) -> None:
    told = released(NOTHING, 1000, rest(before), policy=COUNTED)
    assert told.store_first

    memory = after_a_restart(told.memory, 5, boot)

    assert missed(memory, 6, rest(before)) == []
    assert missed(memory, 6, rest(501))


# --- told by age --------------------------------------------------------------------------------------------------------


def clicked(age_s: float) -> Measurement:
    return Measurement(kind="button", value="press", age_s=age_s)


def ages(*steps: tuple[float, float], memory: PressMemory = NOTHING) -> list[bool]:
    """Whether it rings at each (time, age of the last click); of an age above 30 s a frame tells as of a key at rest."""
    rang = []
    for at_s, age_s in steps:
        fresh, old = ([clicked(age_s)], []) if age_s <= 30 else ([], [clicked(age_s)])
        told = deduplicate_presses(AGED, memory, Decoded(fresh, released=old), at_s)
        memory = told.memory
        rang.append(bool(told.decoded.measurements))
    return rang


@pytest.mark.parametrize(
    ("steps", "rang"),
    [
        pytest.param([(0, 3), (1, 4), (4, 7), (27, 30), (28, 31), (1000, 1003)], [1, 0, 0, 0, 0, 0], id="it grows: one click"),
        pytest.param([(0, 3), (2, 0)], [1, 1], id="it went down: the next click"),
        pytest.param([(0, 266), (3, 269), (20, 4), (24, 8)], [0, 0, 1, 0], id="an old click first, then a new one"),
        pytest.param([(0, 266), (60, 45)], [0, 1], id="a click while out of reach"),
        pytest.param([(0, 3), (30, 10)], [1, 1], id="grown, but less than time has: a click while out of reach"),
        pytest.param(
            [(0, 3), (0.9, 3), (12, 3)], [1, 0, 0], id="the very same frame, told again by a scanner that merges frames"
        ),
        pytest.param([(0, 3), (12, 3), (15, 6)], [1, 0, 1], id="a click after that frame was told again"),
        pytest.param([(0, 100), (50, 150), (120, 100)], [0, 0, 1], id="a click as old as the last one once was"),
        pytest.param([(0, 3), (10, 11)], [1, 0], id="a frame that was two seconds on its way"),
        pytest.param([(0, 31), (36_000, 36_000 + 5)], [0, 0], id="a device whose seconds are a little too long"),
    ],
)
def test_a_click_is_told_by_its_age(steps: list[tuple[float, float]], rang: list[int]) -> None:
    assert ages(*steps) == [bool(one) for one in rang]


def test_where_there_is_a_number_it_decides_and_not_the_age() -> None:
    memory = heard(NOTHING, 0, Measurement(kind="button", value="press", event=7, age_s=20), policy=AGED).memory

    again = heard(memory, 1, Measurement(kind="button", value="press", event=7, age_s=3), policy=AGED)

    assert again.decoded.measurements == []


def test_after_a_kill_the_age_tells_the_old_click_from_the_new() -> None:
    memory = deduplicate_presses(AGED, NOTHING, Decoded([clicked(3)]), 1000).memory

    assert ages((1020, 23), memory=after_a_restart(memory, 1019)) == [False]
    assert ages((1020, 9), memory=after_a_restart(memory, 1019)) == [True]


def test_after_a_reboot_a_click_since_it_began_is_new() -> None:
    memory = deduplicate_presses(AGED, NOTHING, Decoded([clicked(0)]), 1000).memory

    assert ages((25, 28), memory=after_a_restart(memory, 20, "b2")) == [False]
    assert ages((25, 9), memory=after_a_restart(memory, 20, "b2")) == [True]


def test_a_device_that_was_never_clicked_rings_at_the_first_click_also_when_it_was_missed() -> None:
    memory = released(NOTHING, 0, rest(), policy=AGED).memory

    assert ages((60, 3), memory=memory) == [True]
    assert ages((60, 45), (61, 46), memory=memory) == [True, False]


# --- the gateway stood ---


def rings_after_a_stand(first: Decoded, *next_ones: Decoded, stood_s: float = 600) -> list[bool]:
    """Whether each of the next is told, all of them read right behind a stand."""
    memory, told = deduplicate_presses(POLICY, NOTHING, first, 100).memory, []
    for decoded in next_ones:
        found = deduplicate_presses(POLICY, memory, decoded, 100 + stood_s + 1, stood_s)
        memory = found.memory
        told.append(bool(found.decoded.measurements))
    return told


def test_the_same_number_behind_a_stand_is_the_same_press() -> None:
    assert rings_after_a_stand(Decoded([press(5)]), Decoded([press(5)]), Decoded([press(6)])) == [False, True]


def test_a_press_without_a_number_behind_a_stand_may_be_another_and_is_told() -> None:
    assert rings_after_a_stand(Decoded([press()]), Decoded([press()])) == [True]


def test_a_counter_that_was_passed_over_before_a_stand_is_no_replay_behind_it_once() -> None:
    late = Decoded([press(7)], counter=499)
    passed_over = deduplicate_presses(POLICY, NOTHING, Decoded([BATTERY], counter=498), 99).memory
    memory = deduplicate_presses(POLICY, passed_over, Decoded([BATTERY], counter=500), 100).memory

    came = deduplicate_presses(POLICY, memory, late, 701, 600)
    again = deduplicate_presses(POLICY, came.memory, late, 702, 600)

    assert came.decoded.measurements
    assert [refusal.reason for refusal in again.decoded.refusals] == ["replayed"]
    assert deduplicate_presses(POLICY, memory, late, 731, 600).decoded.refusals, "half a minute in which it did not stand"


def test_a_stand_of_an_earlier_life_counts_for_nothing() -> None:
    memory = deduplicate_presses(POLICY, NOTHING, Decoded([press(5), BATTERY], counter=500), 700, 600).memory

    memory = restored(memory, BOOT, 710)

    assert not deduplicate_presses(POLICY, memory, Decoded([press(5)], counter=501), 730).decoded.measurements
    assert deduplicate_presses(POLICY, memory, Decoded([press(5)], counter=501), 741).decoded.measurements
