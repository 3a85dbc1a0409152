"""One press is one event, the next press another, and a restart of the gateway rings no old one."""

from __future__ import annotations

import msgspec
import pytest

from drivers.driver import Decoded, PressPolicy
from drivers.measurement import Button, Measurement
from drivers.presses import KEYS, NUMBERS, PressMemory, Sifted, sift, woken

POLICY = PressPolicy(silence_s=30, restart_below=100)
BOOT = "b1"
NOTHING = PressMemory(BOOT)


def press(event: int | str | None = None, value: Button = "press", which: int | None = None) -> Measurement:
    return Measurement(kind="button", value=value, event=event, which=which)


BATTERY = Measurement(kind="battery", value=80)


def sifted(memory: PressMemory, at_s: float, *found: Measurement, counter: int | None = None) -> Sifted:
    return sift(POLICY, memory, Decoded(list(found), counter=counter), at_s)


def rings(memory: PressMemory, at_s: float, *found: Measurement, counter: int | None = None) -> bool:
    return bool(sifted(memory, at_s, *found, counter=counter).decoded.measurements)


def after_a_restart(memory: PressMemory, now_s: float, boot: str = BOOT) -> PressMemory:
    """What comes back from the disk."""
    return woken(msgspec.json.decode(msgspec.json.encode(memory), type=PressMemory), boot, now_s)


def test_the_memory_is_stored_before_a_press_goes_on_and_not_for_its_repeats() -> None:
    first = sifted(NOTHING, 1, press(7))
    repeat = sifted(first.memory, 1.1, press(7))

    assert first.store_first
    assert not repeat.store_first
    assert repeat.decoded.measurements == []


def test_what_is_no_press_passes_with_every_repeat() -> None:
    first = sifted(NOTHING, 1, BATTERY, press(7))
    repeat = sifted(first.memory, 1.1, BATTERY, press(7))

    assert repeat.decoded.measurements == [BATTERY]


def test_a_frame_without_press_and_counter_changes_nothing() -> None:
    quiet = sifted(NOTHING, 1, BATTERY)

    assert quiet.memory is NOTHING
    assert not quiet.store_first


def test_a_fall_is_one_event_as_a_press_is() -> None:
    fall = Measurement(kind="fall", value=True, event=3)
    first = sifted(NOTHING, 1, fall)

    assert first.decoded.measurements == [fall]
    assert not rings(first.memory, 2, fall)


@pytest.mark.parametrize("boot", [pytest.param(BOOT, id="killed and restarted"), pytest.param("b2", id="the machine rebooted")])
def test_after_a_restart_the_old_press_does_not_ring_and_the_new_one_does(boot: str) -> None:
    memory = sifted(NOTHING, 1000, press(7)).memory

    restarted = after_a_restart(memory, 5, boot)

    assert not rings(restarted, 6, press(7))
    assert rings(restarted, 7, press(8))


def test_after_a_restart_the_old_press_stays_silent_as_long_as_it_is_sent() -> None:
    memory = after_a_restart(sifted(NOTHING, 1000, press(7)).memory, 0, "b2")

    for at_s in (1, 20, 45, 70):
        heard = sifted(memory, at_s, press(7))
        assert heard.decoded.measurements == []
        memory = heard.memory


def test_silence_that_nobody_listened_to_is_none() -> None:
    memory = after_a_restart(sifted(NOTHING, 1000, press(7)).memory, 5000)

    assert not rings(memory, 5001, press(7))


def test_after_a_restart_an_old_number_is_new_again_once_it_was_silent() -> None:
    memory = after_a_restart(sifted(NOTHING, 1000, press(7)).memory, 0, "b2")

    assert rings(memory, 30, press(7))


def test_a_press_without_a_number_is_known_after_a_kill_by_its_time() -> None:
    memory = after_a_restart(sifted(NOTHING, 1000, press()).memory, 1010)

    assert not rings(memory, 1011, press())
    assert rings(memory, 1031, press())


def test_a_press_without_a_number_is_new_after_a_reboot() -> None:
    memory = after_a_restart(sifted(NOTHING, 1000, press()).memory, 3, "b2")

    assert rings(memory, 4, press())


def test_a_press_that_goes_on_and_on_is_stored_again_so_that_a_kill_does_not_make_it_new() -> None:
    on_disk = memory = sifted(NOTHING, 0, press()).memory
    for tenth in range(1, 501):
        heard = sifted(memory, tenth / 10, press())
        memory = heard.memory
        on_disk = memory if heard.store_first else on_disk

    restarted = after_a_restart(on_disk, 55)

    assert not rings(restarted, 55, press())


def test_such_a_press_is_stored_seldom() -> None:
    memory, stored = NOTHING, 0
    for tenth in range(600):
        heard = sifted(memory, tenth / 10, press())
        memory = heard.memory
        stored += heard.store_first

    assert stored == 6


def test_a_replayed_press_does_not_ring_and_is_refused() -> None:
    memory = sifted(NOTHING, 0, press(500), counter=500).memory

    replayed = sifted(memory, 1, BATTERY, press(499), counter=499)

    assert replayed.decoded.measurements == []
    assert [refusal.reason for refusal in replayed.decoded.refusals] == ["replayed"]
    assert replayed.memory is memory


def test_a_replay_is_refused_after_a_reboot_too() -> None:
    memory = after_a_restart(sifted(NOTHING, 0, press(500), counter=500).memory, 0, "b2")

    assert [refusal.reason for refusal in sifted(memory, 60, press(499), counter=499).decoded.refusals] == ["replayed"]
    assert not rings(memory, 3600, press(500), counter=500)


def test_a_new_battery_is_stored_at_once_for_a_high_counter_on_the_disk_would_make_the_device_deaf() -> None:
    memory = sifted(NOTHING, 0, press(500), counter=500).memory

    renewed = sifted(memory, 1, BATTERY, counter=3)

    assert renewed.store_first
    assert renewed.memory.counter == 3
    assert renewed.decoded.measurements == [BATTERY]


def test_without_such_a_promise_a_low_counter_is_a_replay() -> None:
    memory = sift(PressPolicy(), NOTHING, Decoded([BATTERY], counter=5), 0).memory

    assert sift(PressPolicy(), memory, Decoded([BATTERY], counter=4), 1).decoded.refusals


def test_a_moved_counter_alone_is_not_worth_a_write() -> None:
    memory = sifted(NOTHING, 0, press(500), counter=500).memory

    moved = sifted(memory, 1, BATTERY, counter=501)

    assert moved.memory.counter == 501
    assert not moved.store_first


def test_without_silence_in_its_policy_the_same_number_is_never_new() -> None:
    policy = PressPolicy(silence_s=0)
    memory = sift(policy, NOTHING, Decoded([press("20:41")]), 0).memory

    assert not sift(policy, memory, Decoded([press("20:41")]), 1e6).decoded.measurements
    assert sift(policy, memory, Decoded([press("20:42")]), 1e6).decoded.measurements


def test_a_record_of_a_hub_goes_the_same_way() -> None:
    policy = PressPolicy(silence_s=60)
    sos = Measurement(kind="button", value="sos", event=7, record=7)
    memory = sift(policy, NOTHING, Decoded([sos]), 0).memory

    assert not sift(policy, memory, Decoded([sos]), 59).decoded.measurements
    assert sift(policy, memory, Decoded([sos]), 60).decoded.measurements


def test_whatever_is_pressed_the_memory_stays_small() -> None:
    memory = NOTHING
    for number in range(1000):
        memory = sifted(memory, number, press(number)).memory

    assert [len(known) for known in memory.presses.values()] == [NUMBERS]
    assert not rings(memory, 1000, press(999))

    for which in range(1, 101):
        memory = sifted(memory, 1000 + which, press(which=which)).memory

    assert len(memory.presses) == KEYS
    assert not rings(memory, 1101, press(which=100))
