"""A replay counter survives a restart also where no press moved it."""

from __future__ import annotations

from drivers.driver import Decoded, PressPolicy
from drivers.measurement import Measurement
from gateway.intake.press_memories import PressMemories

POLICY = PressPolicy(silence_s=30, restart_below=100)
PENDANT = "C0:FF:EE:00:00:03"


def frame(counter: int) -> Decoded:
    """With no press in it."""
    return Decoded([Measurement(kind="battery", value=80)], counter=counter)


def test_what_a_counter_has_come_to_is_to_be_stored_once() -> None:
    memories = PressMemories("boot")
    _, first = memories.deduplicate(POLICY, PENDANT, frame(500), 0)
    _, again = memories.deduplicate(POLICY, PENDANT, frame(500), 1)

    moved = memories.moved()

    assert (first, again) == ({}, {})
    assert list(moved) == [PENDANT]
    assert memories.moved() == {}


def test_after_a_restart_a_frame_below_it_is_a_replay() -> None:
    memories, restarted = PressMemories("boot"), PressMemories("boot")
    memories.deduplicate(POLICY, PENDANT, frame(500), 0)

    restarted.load(memories.moved(), 60)

    replayed, _ = restarted.deduplicate(POLICY, PENDANT, frame(499), 61)
    assert [refusal.reason for refusal in replayed.refusals] == ["replayed"]
