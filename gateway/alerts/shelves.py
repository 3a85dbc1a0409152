"""Shelves: kinds of alerts that a person has set aside for one wearer, for a while. Pure: time is a parameter.

They stand before the desk. What is found of a shelved kind without an open alert is kept back, the latest of each; it goes
on when the shelf ends, unless its cause is gone by then. An alert that is open stays, and is told of as ever. Calls for help
and faults of the gateway cannot be shelved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import get_args

from msgspec import Struct

from gateway.alert import PAST_EVENT, AlertKind, Clearing, Finding

NEVER: frozenset[AlertKind] = frozenset({"sos", "fall", "technical"})
KINDS: frozenset[AlertKind] = frozenset(get_args(AlertKind)) - NEVER
LONGEST_MS = 24 * 3_600_000

Key = tuple[str, AlertKind]


class Shelf(Struct, frozen=True, kw_only=True):
    """One kind of one wearer until then (wall clock, UTC); `kept_back`: what was found meanwhile, and holds."""

    wearer: str
    kind: AlertKind
    until_ms: int
    kept_back: Finding | None = None


class Shelves:
    """All of them. How they are of a wearer is stored (`of`) before anybody learns of a change."""

    def __init__(self, shelves: Iterable[Shelf] = ()) -> None:
        self._shelves: dict[Key, Shelf] = {(shelf.wearer, shelf.kind): shelf for shelf in shelves}

    @property
    def all(self) -> list[Shelf]:
        """By wearer and kind."""
        return [shelf for _, shelf in sorted(self._shelves.items())]

    def of(self, wearer: str) -> list[Shelf]:
        """Those of one wearer, by kind."""
        return [shelf for shelf in self.all if shelf.wearer == wearer]

    def put(self, wearer: str, kinds: Iterable[AlertKind], until_ms: int) -> int:
        """Set these aside until then; what is set aside for longer stays so. Until when all of them are."""
        untils = []
        for kind in kinds:
            shelf = self._shelves.get((wearer, kind)) or Shelf(wearer=wearer, kind=kind, until_ms=until_ms)
            until = max(until_ms, shelf.until_ms)
            self._shelves[wearer, kind] = Shelf(wearer=wearer, kind=kind, until_ms=until, kept_back=shelf.kept_back)
            untils.append(until)
        return min(untils, default=until_ms)

    def take_down(self, wearer: str, kinds: Collection[AlertKind] | None) -> tuple[list[AlertKind], list[Finding]]:
        """These count again (None: all of the wearer): which they were, and what was kept back."""
        ended = [shelf for shelf in self.of(wearer) if kinds is None or shelf.kind in kinds]
        return [shelf.kind for shelf in ended], self._end(ended)

    def over(self, now_ms: int) -> dict[str, list[AlertKind]]:
        """Those whose time is over: the kinds, by wearer."""
        over: dict[str, list[AlertKind]] = {}
        for shelf in self.all:
            if shelf.until_ms <= now_ms:
                over.setdefault(shelf.wearer, []).append(shelf.kind)
        return over

    def next_ms(self) -> int | None:
        """When the next one ends (wall clock, UTC); None: there is none."""
        return min((shelf.until_ms for shelf in self._shelves.values()), default=None)

    def _end(self, shelves: Collection[Shelf]) -> list[Finding]:
        for shelf in shelves:
            del self._shelves[shelf.wearer, shelf.kind]
        return [shelf.kept_back for shelf in shelves if shelf.kept_back]

    # --- what is found ------------------------------------------------------------------------------------------------

    def keeps_back(self, finding: Finding, now_ms: int) -> bool:
        """A finding of which no alert is open: whether it is kept back. What came late never takes the place of what is now."""
        shelf = self._shelves.get((finding.wearer, finding.kind))
        if shelf is None or shelf.until_ms <= now_ms or finding.test:
            return False
        if shelf.kept_back is None or finding.detail != PAST_EVENT or shelf.kept_back.detail == PAST_EVENT:
            self._keep(shelf, finding)
        return True

    def cleared(self, clearing: Clearing) -> bool:
        """The cause is gone: whether it was one that is kept back."""
        shelf = self._shelves.get((clearing.wearer, clearing.kind))
        if shelf is None or shelf.kept_back is None:
            return False
        self._keep(shelf, None)
        return True

    def forget(self, wearer: str) -> None:
        """This wearer was erased."""
        self._shelves = {key: shelf for key, shelf in self._shelves.items() if shelf.wearer != wearer}

    def _keep(self, shelf: Shelf, finding: Finding | None) -> None:
        self._shelves[shelf.wearer, shelf.kind] = Shelf(
            wearer=shelf.wearer, kind=shelf.kind, until_ms=shelf.until_ms, kept_back=finding
        )
