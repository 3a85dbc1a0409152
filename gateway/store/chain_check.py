"""Checks the chain of the events: whether every entry is as it was written, and none is missing. Pure.

The body of an erased entry is gone and its hash is left, so the chain holds over it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from gateway.store.chain import ChainHead, entry_hash

Why = Literal["changed", "missing", "not linked"]  # not linked: it does not follow from the entry before


class ChainEntry(Struct, frozen=True):
    """One entry as it is found; `body` is None once it was erased."""

    entry: int
    prev: bytes
    hash: bytes
    body: bytes | None


class BrokenEntry(Struct, frozen=True):
    """The first entry that does not hold, and why."""

    entry: int
    why: Why


class ChainVerdict(Struct, frozen=True):
    """What a check found. `checked`: bodies that fit their hash; `erased`: entries that hold by their hash alone.

    `absent`: entries that the check was not given and can say nothing about.
    """

    checked: int
    erased: int
    absent: int = 0
    broken: BrokenEntry | None = None


class Check:
    """Takes entries in rising order, a few at a time, and tells at the end whether the chain holds.

    `partly`: only some entries are given, so one that is absent is counted, and not broken. `broken`: the first one so far.
    """

    def __init__(self, *, partly: bool = False) -> None:
        self._partly = partly
        self._last = ChainHead()
        self._checked = self._erased = self._absent = 0
        self.broken: BrokenEntry | None = None

    def take(self, entries: Iterable[ChainEntry]) -> None:
        """The next ones. What stands behind the first broken one counts no more."""
        for entry in entries:
            if self.broken:
                return
            self.broken = self._fault(entry)
            if not self.broken:
                self._count(entry)

    def _fault(self, found: ChainEntry) -> BrokenEntry | None:
        due = self._last.entry + 1
        if found.entry > due and not self._partly:
            return BrokenEntry(due, "missing")
        if found.entry < due or (found.entry == due and found.prev != self._last.hash):
            return BrokenEntry(found.entry, "not linked")
        if found.body is not None and entry_hash(found.prev, found.entry, found.body) != found.hash:
            return BrokenEntry(found.entry, "changed")
        return None

    def _count(self, found: ChainEntry) -> None:
        self._absent += found.entry - self._last.entry - 1
        self._checked += found.body is not None
        self._erased += found.body is None
        self._last = ChainHead(found.entry, found.hash)

    def end(self, entries: int, hash_: bytes | None = None) -> ChainVerdict:
        """So many entries there are in all, and this is the hash of the last one (None: not known)."""
        broken = self.broken or self._fault_at_the_end(entries, hash_)
        absent = self._absent if broken else self._absent + entries - self._last.entry
        return ChainVerdict(self._checked, self._erased, absent, broken)

    def _fault_at_the_end(self, entries: int, hash_: bytes | None) -> BrokenEntry | None:
        if self._last.entry > entries:
            return BrokenEntry(entries + 1, "not linked")
        if self._last.entry < entries:
            return None if self._partly else BrokenEntry(self._last.entry + 1, "missing")
        return BrokenEntry(entries, "not linked") if hash_ not in (None, self._last.hash) else None
