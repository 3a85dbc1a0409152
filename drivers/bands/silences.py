"""The questions that a band leaves unanswered, in this connection and in the one before. Pure.

Some firmware does not know some question, and says nothing. That is no sign that the band is gone, once it is known of it.
"""

from __future__ import annotations

from collections.abc import Mapping

SILENT = "silent"  # learnt: the names of the questions that stayed unanswered when they were asked last
IN_A_ROW = 2  # questions that stay unanswered one after the other: the band is gone


class Silences:
    """What is known of one band. A question is known by a name."""

    def __init__(self, learnt: Mapping[str, object]) -> None:
        names = learnt.get(SILENT)
        self._before = frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else frozenset()
        self._remembered = set(self._before)
        self._now: set[str] = set()
        self._in_a_row = 0

    @property
    def remembered(self) -> list[str]:
        """What is to be learnt."""
        return sorted(self._remembered)

    def stayed(self, name: str) -> bool:
        """Whether this was asked in this connection, and not answered."""
        return name in self._now

    def is_known(self, name: str) -> bool:
        """Whether this stayed unanswered already in an earlier connection."""
        return name in self._before

    def answered(self, name: str) -> None:
        """It said something to this."""
        self._in_a_row = 0
        self._remembered.discard(name)

    def silent(self, name: str) -> None:
        """It said nothing to this, and would not if it were asked again."""
        self._now.add(name)
        self._remembered.add(name)
        self.nothing_came(name)

    def nothing_came(self, name: str) -> None:
        """It gave nothing of what was asked for; the next time it may."""
        self._in_a_row += not self.is_known(name)

    @property
    def is_gone(self) -> bool:
        """Whether there is no use in asking for more."""
        return self._in_a_row >= IN_A_ROW
