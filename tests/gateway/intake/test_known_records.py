"""A record that a device tells again and again counts once, after a restart of the gateway too."""

from __future__ import annotations

from structlog.testing import capture_logs

from gateway.intake.known_records import REMEMBERED, KnownRecords

CUFF = "02:00:00:00:00:01"


def test_a_record_counts_once() -> None:
    known = KnownRecords()

    assert [known.seen(CUFF, number) for number in (1, 2, 1, 2, 3)] == [False, False, True, True, False]
    assert not known.seen("02:00:00:00:00:02", 1)


def test_what_is_new_is_given_once_and_is_known_in_a_next_life() -> None:
    known = KnownRecords()
    known.seen(CUFF, 2**64 - 1)

    stored = known.new()
    known.seen(CUFF, 2**64 - 1)
    next_life = KnownRecords()
    next_life.load(stored)

    assert known.new() == {}
    assert next_life.seen(CUFF, 2**64 - 1)


def test_the_memory_of_one_device_does_not_grow_without_end() -> None:
    known = KnownRecords()

    for number in range(REMEMBERED + 1):
        known.seen(CUFF, number)

    assert [known.seen(CUFF, number) for number in (1, REMEMBERED, 0)] == [True, True, False]


def test_other_memories_are_left_alone_and_a_broken_one_is_named() -> None:
    known = KnownRecords()

    with capture_logs() as logs:
        known.load({CUFF: b"{}", f"records {CUFF}": b"?"})

    assert [(line["event"], line["device"]) for line in logs] == [("known records unreadable", CUFF)]
    assert not known.seen(CUFF, 1)
