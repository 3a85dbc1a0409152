"""A record that comes again within its time is the same record."""

from __future__ import annotations

from gateway.intake.repeats import REMEMBERED, Repeats


def test_the_same_record_within_its_time_is_a_repeat() -> None:
    repeats = Repeats(60)

    assert [repeats.seen("A", 7, at_s) for at_s in (0, 1, 59)] == [False, True, True]


def test_the_same_number_after_its_time_is_a_new_record() -> None:
    repeats = Repeats(60)
    repeats.seen("A", 7, 0)

    assert not repeats.seen("A", 7, 60)


def test_two_bands_count_for_themselves() -> None:
    repeats = Repeats(60)
    repeats.seen("A", 7, 0)

    assert not repeats.seen("B", 7, 1)


def test_a_babbling_band_grows_nothing() -> None:
    repeats = Repeats(60)

    for record in range(100_000):
        repeats.seen("A", record, record / 1000)

    assert len(repeats.heard["A"]) == REMEMBERED
