"""For how long bytes have waited: as long as they were seen to, and no longer."""

from __future__ import annotations

from gateway.sources.waiting_bytes import WaitingBytes


def test_what_nobody_saw_has_not_waited() -> None:
    assert WaitingBytes().took(40, now_s=100) == 0


def test_what_came_at_different_times_is_told_apart() -> None:
    waiting = WaitingBytes()
    for length, now_s in ((40, 1), (40, 2), (60, 3)):
        waiting.saw(length, now_s)

    assert [(waiting.oldest, waiting.took(length, now_s=100)) for length in (40, 20)] == [(40, 99), (20, 97)]
    assert waiting.oldest is None


def test_what_was_read_in_part_has_waited_as_long_as_the_rest() -> None:
    waiting = WaitingBytes()
    waiting.saw(40, now_s=1)

    assert [waiting.took(30, now_s=100), waiting.oldest, waiting.took(10, now_s=101)] == [99, 10, 100]


def test_what_comes_after_the_buffer_was_found_empty_is_as_old_as_itself() -> None:
    waiting = WaitingBytes()
    waiting.saw(40, now_s=1)

    waiting.gone()

    assert waiting.took(40, now_s=100) == 0
