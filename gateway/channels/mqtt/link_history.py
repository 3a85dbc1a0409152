"""How the sessions so far have ended: how long to wait before the next, and what the ends tell of the link. Pure."""

from __future__ import annotations

from gateway.channels.mqtt.errors import RetainRefused, TakenOver
from gateway.channels.mqtt.pace import reconnect_s
from gateway.errors import UplinkLost

LONGEST_WAIT_S = 60.0
LONGEST_WAIT_WITH_ALERT_S = 5.0
STABLE_S = 30.0  # a session that lasted so long makes an end of the failures before it
TAKEN_OVER_WAIT_S = (60.0, 90.0)  # two boxes with one id must not throw each other out faster than that
TAKEN_OVER_TOLD_S = 600.0
RETAIN_REFUSED = 2  # so many sessions in a row: one may be chance
BREAKS = 3  # so many short sessions in a row may be a second box too, where the broker does not say it


class LinkHistory:
    """Times are monotonic seconds; `chance` is 0 to 1."""

    def __init__(self) -> None:
        self._failures = 0
        self._breaks = 0
        self._retain_refused = 0
        self._taken_over = False
        self._taken_over_s = -TAKEN_OVER_TOLD_S

    @property
    def keeps_breaking(self) -> bool:
        """Whether sessions come about and do not last."""
        return self._breaks >= BREAKS

    @property
    def retains_nothing(self) -> bool:
        """Whether the broker hangs up on retained messages; once it does, it is not tried again."""
        return self._retain_refused >= RETAIN_REFUSED

    def ended(self, why: UplinkLost, now_s: float, up_since_s: float | None, *, explained: bool) -> int:
        """A session is lost, or (`up_since_s` None) did not come about: how many in a row by now.

        `explained`: the broker refuses messages, and may hang up for that.
        """
        lasted = _lasted(up_since_s, now_s)
        self._failures = 1 if lasted else self._failures + 1
        if up_since_s is not None:
            self._breaks = 0 if lasted or explained else self._breaks + 1
        if not self.retains_nothing and up_since_s is not None:
            self._retain_refused = self._retain_refused + 1 if isinstance(why, RetainRefused) else 0
        self._taken_over = isinstance(why, TakenOver)
        if self._taken_over:
            self._taken_over_s = now_s
        return self._failures

    def wait_s(self, chance: float, *, alert_waits: bool) -> float:
        """Before the next connection."""
        if self._taken_over:
            shortest_s, longest_s = TAKEN_OVER_WAIT_S
            return shortest_s + chance * (longest_s - shortest_s)
        return reconnect_s(self._failures, LONGEST_WAIT_WITH_ALERT_S if alert_waits else LONGEST_WAIT_S, chance)

    def faults(self, now_s: float, up_since_s: float | None) -> list[str]:
        """What is wrong with the link itself, in fixed words."""
        faults = []
        if now_s - self._taken_over_s < TAKEN_OVER_TOLD_S:
            faults.append("another box uses this id")
        if self.keeps_breaking and not _lasted(up_since_s, now_s):
            faults.append("link keeps breaking")
        return faults


def _lasted(up_since_s: float | None, now_s: float) -> bool:
    return up_since_s is not None and now_s - up_since_s >= STABLE_S
