"""A press of a key as the band knows it, and whether a receiver in reach surely heard it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

HEARD_S = 10.0  # a press that is told, and meets no trouble for so long, is on the disk: also on a machine that others use


@dataclass
class Span:
    """From when until when something was so (seconds of the event loop's clock); `until_s`: inf as long as it is."""

    since_s: float
    until_s: float = inf


@dataclass
class Press:
    """`at_ms`: by the wall clock. The band tells it until `told_until_s`; `answered`: it was told that it was heard (None: its
    kind is told nothing)."""

    at_s: float
    at_ms: int
    told_until_s: float
    answered: bool | None = None

    def is_surely_heard(self, troubles: Iterable[Span]) -> bool:
        """Who is answered knows it. Else there was a moment in which it was told and no trouble came for a while."""
        if self.answered is not None:
            return self.answered
        told_s = self.at_s
        for trouble in sorted(troubles, key=lambda span: span.since_s):
            if told_s > self.told_until_s or told_s + HEARD_S <= trouble.since_s:
                break
            told_s = max(told_s, trouble.until_s)
        return told_s <= self.told_until_s
