"""What does not get through though the link stands: streams that the broker refuses or nobody listens to, messages we refuse.

Streams are named as the contract names their topics, whatever topics a format puts them in. A refusal may mean one item of a
stream (an alert, a batch) and not the next. It outlives sessions, because some brokers (mosquitto 2.0.11) hang up after each
refusal.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()

LOG_EVERY_S = 60.0
UNHEARD_S = 600.0
FORGET_S = 60.0
UNREADABLE_S = 600.0  # so long after the last unreadable message it is named

REFUSED, UNHEARD = "broker refuses", "nobody listens to"  # the beginnings of the faults, a stream follows


@dataclass
class _HeldUp:
    fault: str
    since_s: float
    pause_s: float
    until_s: float
    in_a_row: int = 1
    items: set[int] = field(default_factory=set)


class Refusals:
    """By stream. `counts`: how many messages were refused, of those going up by the broker, of those coming down by us."""

    def __init__(self, first_pause_s: float) -> None:
        self.counts: Counter[str] = Counter()
        self._first_pause_s = first_pause_s
        self._held_up: dict[str, _HeldUp] = {}
        self._unreadable_s: dict[str, float] = {}
        self._told_s: dict[str, float] = {}

    def faults(self, now_s: float) -> list[str]:
        """What is wrong now, in fixed words."""
        unreadable = [stream for stream, last_s in self._unreadable_s.items() if now_s - last_s < UNREADABLE_S]
        return self.held_up(now_s) + [f"unreadable {stream.rpartition('/')[2]}" for stream in unreadable]

    def held_up(self, now_s: float) -> list[str]:
        """What of it holds up messages that should go up."""
        return [f"{held_up.fault} {stream}" for stream in self._held_up if (held_up := self._now(stream, now_s))]

    def refused(self, stream: str, why: str, now_s: float, *, at_most_s: float, item: int = 0) -> None:
        """The broker refused a message. The next may be tried after a pause, which doubles up to so many seconds."""
        self.counts[stream] += 1
        self._tell("broker refuses messages", stream, why, now_s)
        before = self._now(stream, now_s)
        if before is None or before.fault != REFUSED or now_s >= before.until_s:
            pause_s = max(2 * before.pause_s, self._first_pause_s) if before else self._first_pause_s
            self._hold_up(stream, REFUSED, now_s, min(pause_s, at_most_s))
        held_up = self._held_up[stream]
        if before and before.fault == REFUSED:
            held_up.in_a_row, held_up.items = before.in_a_row + 1, before.items
        held_up.items.add(item)

    def unheard(self, stream: str, now_s: float, *, pause_s: float = 0) -> bool:
        """The broker took a message, and nobody listens. Whether it must be left at that.

        A platform that is away for a while misses nothing, so the message is tried again. A broker that says so for
        `UNHEARD_S` may be one that hands messages on by rules of its own.
        """
        self._tell("nobody listens", stream, "No matching subscribers", now_s)
        left_at_that = now_s - self._since_s(stream, UNHEARD, now_s) >= UNHEARD_S
        self._hold_up(stream, UNHEARD, now_s, 0 if left_at_that else pause_s)
        return left_at_that

    def _hold_up(self, stream: str, fault: str, now_s: float, pause_s: float) -> None:
        self._held_up[stream] = _HeldUp(fault, self._since_s(stream, fault, now_s), pause_s, now_s + pause_s)

    def _since_s(self, stream: str, fault: str, now_s: float) -> float:
        before = self._held_up.get(stream)
        return before.since_s if before and before.fault == fault else now_s

    def taken(self, stream: str, item: int = 0) -> None:
        """A message got through; the fault stays while others that were refused did not."""
        held_up = self._held_up.get(stream)
        if held_up is None:
            return
        held_up.in_a_row = 0
        held_up.items.discard(item)
        if held_up.fault == UNHEARD or not held_up.items:
            del self._held_up[stream]
            log.info("messages get through again", topic=stream)

    def unreadable(self, stream: str, why: str, now_s: float) -> None:
        """A message from above is no message of the contract. `why` must not quote it."""
        self.counts[stream] += 1
        self._unreadable_s[stream] = now_s
        self._tell("unreadable message from above", stream, why, now_s)

    def wait_s(self, stream: str, now_s: float, chances: int = 1) -> float:
        """How long before this stream may be tried again, once so many in a row were refused."""
        held_up = self._now(stream, now_s)
        return max(0.0, held_up.until_s - now_s) if held_up and held_up.in_a_row >= chances else 0.0

    def is_refused(self, stream: str, item: int) -> bool:
        """Whether it was, and did not get through since."""
        return stream in self._held_up and item in self._held_up[stream].items

    def _now(self, stream: str, now_s: float) -> _HeldUp | None:
        """What holds it up; nothing does any more where nothing was tried for a while after the pause."""
        held_up = self._held_up.get(stream)
        return held_up if held_up and now_s < held_up.until_s + FORGET_S else None

    def _tell(self, event: str, stream: str, why: str, now_s: float) -> None:
        if now_s - self._told_s.get(stream, -LOG_EVERY_S) >= LOG_EVERY_S:
            self._told_s[stream] = now_s
            log.warning(event, topic=stream, why=why, times=self.counts[stream])
