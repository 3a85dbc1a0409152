"""Numbers rise, each reading is committed once, and no commit goes past a number that is still in hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.formats.reading_json import encode_reading
from gateway.readings import Reading
from gateway.store import write_buffer
from gateway.store.write_buffer import WriteBuffer
from tests.gateway.store.given import reading

STEPS = st.lists(st.one_of(st.just("number"), st.just("commit"), st.integers(0, 9)), max_size=60)


def numbered(buffer: WriteBuffer, one: Reading) -> Reading:
    return replace(one, seq=buffer.next_seq())


@given(STEPS)
def test_whatever_the_order_in_which_readings_are_settled(steps: list[str | int]) -> None:
    buffer, in_hand, committed = WriteBuffer(1, "g"), list[Reading](), list[int]()
    for step in steps:
        if step == "number":
            in_hand.append(numbered(buffer, reading()))
        elif step == "commit":
            lowest = min((one.seq for one in in_hand), default=buffer.next_number)
            batch = buffer.commit_batch()
            assert all(one.seq < lowest for one in batch.readings)
            committed += [one.seq for one in batch.readings]
            buffer.taken(batch)
        elif in_hand:
            buffer.add(in_hand.pop(int(step) % len(in_hand)))
    for one in in_hand:
        buffer.add(one)
    committed += [one.seq for one in buffer.commit_batch().readings]

    assert committed == list(range(1, buffer.next_number))


def test_what_comes_while_a_commit_is_under_way_stays_for_the_next() -> None:
    buffer = WriteBuffer(1, "g")
    buffer.add(numbered(buffer, reading(1)))
    buffer.reject("length", 2)
    under_way = buffer.commit_batch()
    buffer.add(numbered(buffer, reading(2)))
    buffer.reject("length", 1)

    buffer.taken(under_way)

    batch = buffer.commit_batch()
    assert ([one.seq for one in batch.readings], batch.rejected) == ([2], {"length": 1})


def test_each_is_encoded_once_for_the_tail_and_the_commit_unless_it_got_its_true_time(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer, encoded = WriteBuffer(1, "g"), list[int]()

    def counted(one: Reading, origin: str) -> bytes:
        encoded.append(one.seq)
        return encode_reading(one, origin)

    monkeypatch.setattr(write_buffer, "encode_reading", counted)
    plain, stamped = numbered(buffer, reading(1)), replace(numbered(buffer, reading(2)), clock="unsynced", monotonic_ms=5_000)
    for one in (plain, stamped):
        buffer.add(one)

    in_the_tail, as_they_came = buffer.unwritten(), buffer.commit_batch()
    buffer.write_anew()

    assert in_the_tail == buffer.unwritten() == as_they_came.bodies
    assert encoded == [1, 2]

    corrected = buffer.commit_batch(offset_ms=1_795_500_000_000)

    assert corrected.bodies[0] is as_they_came.bodies[0]
    assert b"2026-11-24T06:00:05.000Z" in corrected.bodies[1]
    assert corrected.readings[1].at_ms == 1_795_500_005_000
    assert encoded == [1, 2, 2]
