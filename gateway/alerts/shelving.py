"""Shelves on the disk: what a person sets aside, and what is kept back by that, survive a restart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Struct

from gateway.alert import Alert, AlertKind, Clearing, Finding
from gateway.alerts import lifecycle
from gateway.alerts.book import AlertBook
from gateway.alerts.shelves import Shelf, Shelves
from gateway.clock import Clock
from gateway.readings import Reading
from gateway.store.stored import decode_finding, encode_finding

NAME = "shelves of "  # and the wearer: what the memory is called


class StoredShelf(Struct, frozen=True):
    """One kind that is set aside, of the wearer whom the memory's name names."""

    kind: AlertKind
    until_ms: int
    kept_back: Any = None


class Shelving:
    """Stands before the desk: everything that is found is shown to it first."""

    def __init__(self, book: AlertBook, clock: Clock) -> None:
        self._book, self._clock = book, clock
        self._shelves = Shelves()

    def load(self, memories: Mapping[str, bytes]) -> None:
        """What an earlier life had set aside; what is damaged is not set aside any more."""
        stored = {name.removeprefix(NAME): body for name, body in memories.items() if name.startswith(NAME)}
        self._shelves = Shelves(shelf for wearer, body in stored.items() for shelf in _read(wearer, body))

    def memory(self, wearer: str) -> Mapping[str, bytes]:
        """How it is now, of one wearer, to be stored."""
        return {NAME + wearer: msgspec.json.encode([_stored(shelf) for shelf in self._shelves.of(wearer)])}

    @property
    def kept_back(self) -> list[Alert]:
        """What is kept back, as the alerts that it would be: it still holds as far as is known, and can end."""
        now_ms = self._clock.wall_ms()
        return [lifecycle.open_alert(0, shelf.kept_back, now_ms) for shelf in self._shelves.all if shelf.kept_back]

    # --- what is found ------------------------------------------------------------------------------------------------

    def takes(self, verdict: Finding | Clearing, referenced: Sequence[Reading]) -> bool:
        """Of what no alert is open: whether it is kept back, or was, and is over now. It is stored once the book is."""
        if isinstance(verdict, Finding):
            taken = self._shelves.keeps_back(verdict, self._clock.wall_ms())
        else:
            taken = self._shelves.cleared(verdict)
        if taken:
            self._book.keep(None, memories=self.memory(verdict.wearer), referenced=referenced)
        return taken

    def end(self) -> list[Finding]:
        """Those whose time is over end: what was kept back, and is to be told now."""
        found = []
        for wearer, kinds in self._shelves.over(self._clock.wall_ms()).items():
            found += self._shelves.take_down(wearer, kinds)[1]
            self._book.keep(None, memories=self.memory(wearer))
        return found

    def next_s(self) -> float | None:
        """In how many seconds the next one ends, by the wall clock as it is; None: there is none."""
        next_ms = self._shelves.next_ms()
        return None if next_ms is None else max(0.0, (next_ms - self._clock.wall_ms()) / 1000)

    # --- people -------------------------------------------------------------------------------------------------------

    def put(self, wearer: str, kinds: Sequence[AlertKind], until_ms: int) -> int:
        """Set aside; until when all of these are. To be stored with `memory`."""
        return self._shelves.put(wearer, kinds, until_ms)

    def take_down(self, wearer: str, kinds: Sequence[AlertKind] | None) -> tuple[list[AlertKind], list[Finding]]:
        """They count again: which, and what was kept back. To be stored with `memory`."""
        return self._shelves.take_down(wearer, kinds)

    def forget(self, wearer: str) -> None:
        """This wearer was erased."""
        self._shelves.forget(wearer)


def _stored(shelf: Shelf) -> StoredShelf:
    kept_back = msgspec.Raw(encode_finding(shelf.kept_back)) if shelf.kept_back else None
    return StoredShelf(shelf.kind, shelf.until_ms, kept_back)


def _read(wearer: str, body: bytes) -> list[Shelf]:
    shelves = []
    with suppress(msgspec.MsgspecError, ValueError, TypeError):
        for one in msgspec.json.decode(body, type=list[StoredShelf]):
            kept_back = decode_finding(msgspec.json.encode(one.kept_back)) if one.kept_back else None
            shelves.append(Shelf(wearer=wearer, kind=one.kind, until_ms=one.until_ms, kept_back=kept_back))
    return shelves
