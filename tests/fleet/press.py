"""A press of a key as the band knows it, and whether a receiver in reach surely heard it. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf


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

    def is_surely_heard(self, troubles: Iterable[Span], answers: Sequence[Span]) -> bool:
        """Who is answered knows it. Else there was a moment in which it was told, and no trouble came before the gateway had
        answered two questions that were asked since: it reads what came before a question, however slow the machine is.

        `answers`: from when a question was asked until it was answered, in their order; the last is for ever.
        """
        if self.answered is not None:
            return self.answered
        told_s = self.at_s
        for trouble in sorted(troubles, key=lambda span: span.since_s):
            if trouble.until_s < told_s:
                continue
            if told_s > self.told_until_s or _heard_s(told_s, answers) <= trouble.since_s:
                break
            told_s = trouble.until_s
        return told_s <= self.told_until_s

    def kept_by(self, down: Iterable[Span], pulled: Sequence[Span]) -> Press:
        """The same, told over a line that keeps for the next daemon what the last one had not read, unless it is pulled out, or
        was when the band told it."""
        told_until_s = self.told_until_s
        for away in down:
            is_lost = any(plug.since_s <= away.until_s and self.at_s <= plug.until_s for plug in pulled)
            if self.at_s <= away.until_s and away.since_s <= self.told_until_s and not is_lost:
                told_until_s = max(told_until_s, away.until_s)
        return replace(self, told_until_s=told_until_s)


def _heard_s(told_s: float, answers: Sequence[Span]) -> float:
    first = bisect_left(answers, told_s, key=lambda answer: answer.since_s)
    return answers[min(first + 1, len(answers) - 1)].until_s
