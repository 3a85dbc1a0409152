"""The chain of alert events holds as it was written, and whatever is done to it is found at the first entry concerned."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.store.chain import BEGINNING, ChainHead, entry_hash, link
from gateway.store.chain_check import BrokenEntry, ChainEntry, ChainVerdict, Check

bodies = st.lists(st.binary(max_size=20), min_size=1, max_size=12)


def following(head: ChainHead, body: bytes) -> ChainEntry:
    new = link(head, body)
    return ChainEntry(new.entry, new.prev, new.hash, body)


def chain(contents: Sequence[bytes]) -> list[ChainEntry]:
    head, entries = ChainHead(), list[ChainEntry]()
    for body in contents:
        entries.append(following(head, body))
        head = ChainHead(entries[-1].entry, entries[-1].hash)
    return entries


def verdict(entries: Sequence[ChainEntry], *, of: Sequence[ChainEntry] = (), partly: bool = False) -> ChainVerdict:
    """Of these entries, where there are as many in all as in `of`."""
    check = Check(partly=partly)
    check.take(entries)
    last = (of or entries)[-1]
    return check.end(last.entry, last.hash)


def erased(entry: ChainEntry) -> ChainEntry:
    return replace(entry, body=None)


def test_a_hash_covers_the_one_before_the_number_in_eight_bytes_and_the_body() -> None:
    assert entry_hash(BEGINNING, 1, b"{}") == sha256(bytes(32) + b"\0\0\0\0\0\0\0\x01" + b"{}").digest()


@given(bodies)
def test_a_chain_as_it_was_written_holds(contents: list[bytes]) -> None:
    assert verdict(chain(contents)) == ChainVerdict(checked=len(contents), erased=0)


@given(bodies, st.data())
def test_erased_entries_hold_by_their_hash(contents: list[bytes], data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.integers(1, len(contents))))
    entries = [erased(entry) if entry.entry in gone else entry for entry in chain(contents)]

    assert verdict(entries) == ChainVerdict(checked=len(contents) - len(gone), erased=len(gone))


@given(bodies, st.data())
def test_a_body_that_was_changed_is_found(contents: list[bytes], data: st.DataObject) -> None:
    entries = chain(contents)
    place = data.draw(st.integers(0, len(entries) - 1))
    entries[place] = replace(entries[place], body=contents[place] + b"!")

    assert verdict(entries).broken == BrokenEntry(place + 1, "changed")


@given(bodies, st.data())
def test_an_entry_that_was_written_anew_with_its_hash_is_found_at_the_next(contents: list[bytes], data: st.DataObject) -> None:
    entries = chain([*contents, b"last"])
    place = data.draw(st.integers(0, len(contents) - 1))
    body = contents[place] + b"!"
    entries[place] = replace(entries[place], body=body, hash=entry_hash(entries[place].prev, place + 1, body))

    assert verdict(entries).broken == BrokenEntry(place + 2, "not linked")


@given(bodies, st.data())
def test_entries_that_were_taken_out_or_cut_off_are_found_at_the_first(contents: list[bytes], data: st.DataObject) -> None:
    entries = chain([b"first", *contents])
    start = data.draw(st.integers(0, len(entries) - 1))
    end = data.draw(st.integers(start + 1, len(entries)))

    assert verdict(entries[:start] + entries[end:], of=entries).broken == BrokenEntry(start + 1, "missing")


def test_a_last_entry_that_is_another_one_is_found_by_the_head() -> None:
    entries = chain([b"a", b"b"])
    other = following(ChainHead(1, entries[0].hash), b"forged")

    assert verdict([entries[0], other], of=entries).broken == BrokenEntry(2, "not linked")


def test_an_erased_entry_with_another_hash_is_found() -> None:
    entries = chain([b"a", b"b", b"c"])
    entries[1] = replace(entries[1], body=None, hash=bytes(32))

    assert verdict(entries).broken == BrokenEntry(3, "not linked")


@pytest.mark.parametrize("order", [(1, 0), (0, 0), (0, 2, 1)])
def test_entries_that_come_twice_or_out_of_order_are_no_chain(order: tuple[int, ...]) -> None:
    entries = chain([b"a", b"b", b"c"])

    assert verdict([entries[place] for place in order], of=entries[:1]).broken is not None


def test_more_entries_than_there_are_in_all_are_no_chain() -> None:
    entries = chain([b"a", b"b"])

    assert verdict(entries, of=entries[:1]).broken == BrokenEntry(2, "not linked")
    assert verdict(entries, of=entries[:1], partly=True).broken == BrokenEntry(2, "not linked")


@given(bodies, st.data())
def test_of_a_part_what_is_there_is_checked_and_what_is_absent_counted(contents: list[bytes], data: st.DataObject) -> None:
    entries = chain(contents)
    given_ones = [entry for entry in entries if data.draw(st.booleans())]

    found = verdict(given_ones, of=entries, partly=True)

    assert found == ChainVerdict(checked=len(given_ones), erased=0, absent=len(entries) - len(given_ones))


def test_of_a_part_a_changed_body_and_a_broken_link_between_neighbours_are_found() -> None:
    entries = chain([b"a", b"b", b"c", b"d"])

    changed = [entries[1], replace(entries[3], body=b"x")]
    unlinked = [entries[1], replace(entries[2], prev=bytes(32), hash=entry_hash(bytes(32), 3, b"c"))]

    assert verdict(changed, of=entries, partly=True).broken == BrokenEntry(4, "changed")
    assert verdict(unlinked, of=entries, partly=True).broken == BrokenEntry(3, "not linked")
