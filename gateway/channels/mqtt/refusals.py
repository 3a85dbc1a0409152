"""What does not get through though the link stands: topics that the broker refuses or nobody listens to, messages we refuse.

It outlives sessions, because some brokers (mosquitto 2.0.11) hang up after each refusal.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import structlog

log = structlog.get_logger()

LOG_EVERY_S = 60.0
UNHEARD_S = 600.0
FORGET_S = 60.0

REFUSED, UNHEARD = "broker refuses", "nobody listens to"  # the beginnings of the faults, a topic follows


@dataclass
class _HeldUp:
    fault: str
    since_s: float
    pause_s: float
    until_s: float


class Refusals:
    """By topic. `counts`: how many messages were refused, of those going up by the broker, of those coming down by us."""

    def __init__(self, first_pause_s: float) -> None:
        self.counts: Counter[str] = Counter()
        self._first_pause_s = first_pause_s
        self._held_up: dict[str, _HeldUp] = {}
        self._told_s: dict[str, float] = {}

    def faults(self, now_s: float) -> list[str]:
        """What is held up now, in fixed words."""
        return [f"{held_up.fault} {topic}" for topic in self._held_up if (held_up := self._now(topic, now_s))]

    def refused(self, topic: str, why: str, now_s: float, *, at_most_s: float) -> None:
        """The broker refused a message. The next may be tried after a pause, which doubles up to so many seconds."""
        self.counts[topic] += 1
        self._tell("broker refuses messages", topic, why, now_s)
        before = self._now(topic, now_s)
        if before is None or now_s >= before.until_s:
            pause_s = max(2 * before.pause_s, self._first_pause_s) if before else self._first_pause_s
            self._hold_up(topic, REFUSED, now_s, min(pause_s, at_most_s))

    def unheard(self, topic: str, now_s: float, *, pause_s: float) -> bool:
        """The broker took a message, and nobody listens. Whether it must be left at that.

        A platform that is away for a while misses nothing, so the message is tried again after a pause. A broker that says
        so for `UNHEARD_S` may be one that hands messages on by rules of its own.
        """
        self._tell("nobody listens", topic, "No matching subscribers", now_s)
        left_at_that = now_s - self._since_s(topic, UNHEARD, now_s) >= UNHEARD_S
        self._hold_up(topic, UNHEARD, now_s, 0 if left_at_that else pause_s)
        return left_at_that

    def _hold_up(self, topic: str, fault: str, now_s: float, pause_s: float) -> None:
        self._held_up[topic] = _HeldUp(fault, self._since_s(topic, fault, now_s), pause_s, now_s + pause_s)

    def _since_s(self, topic: str, fault: str, now_s: float) -> float:
        before = self._held_up.get(topic)
        return before.since_s if before and before.fault == fault else now_s

    def taken(self, topic: str) -> None:
        """A message got through."""
        if self._held_up.pop(topic, None):
            log.info("messages get through again", topic=topic)

    def unreadable(self, topic: str, why: str, now_s: float) -> None:
        """A message from above is no message of the contract. `why` must not quote it."""
        self.counts[topic] += 1
        self._tell("unreadable message from above", topic, why, now_s)

    def wait_s(self, topic: str, now_s: float) -> float:
        """How long before this topic may be tried again."""
        held_up = self._now(topic, now_s)
        return max(0.0, held_up.until_s - now_s) if held_up else 0.0

    def _now(self, topic: str, now_s: float) -> _HeldUp | None:
        """What holds it up; nothing does any more where nothing was tried for a while after the pause."""
        held_up = self._held_up.get(topic)
        return held_up if held_up and now_s < held_up.until_s + FORGET_S else None

    def _tell(self, event: str, topic: str, why: str, now_s: float) -> None:
        if now_s - self._told_s.get(topic, -LOG_EVERY_S) >= LOG_EVERY_S:
            self._told_s[topic] = now_s
            log.warning(event, topic=topic, why=why, times=self.counts[topic])
