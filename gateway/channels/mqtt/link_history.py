"""How the sessions so far have ended: how long to wait before the next, and what the ends tell of the link. Pure."""

from __future__ import annotations

from gateway.channels.mqtt.errors import HungUpOnMessage, NobodyListens, TakenOver
from gateway.channels.mqtt.pace import reconnect_s
from gateway.errors import UplinkLost

LONGEST_WAIT_S = 60.0
LONGEST_WAIT_WITH_ALERT_S = 5.0
STABLE_S = 30.0  # a session that lasted so long makes an end of the failures before it
TAKEN_OVER_WAIT_S = (60.0, 90.0)  # two boxes with one id must not throw each other out faster than that
TAKEN_OVER_TOLD_S = 600.0
MOST_DEATHS = 20  # in a row; a broker that has forgotten us more often dies of us, or never keeps what it says it does
BREAKS = 3  # so many short sessions in a row may be a second box too, where the broker does not say it


class LinkHistory:
    """Times are monotonic seconds; `chance` is 0 to 1."""

    def __init__(self) -> None:
        self._in_a_row = 0
        self._failures = 0  # of them those that speak against trying again soon
        self._deaths = 0
        self._breaks = 0
        self._taken_over = False
        self._taken_over_s = -TAKEN_OVER_TOLD_S

    @property
    def keeps_breaking(self) -> bool:
        """Whether sessions come about and do not last."""
        return self._breaks >= BREAKS

    def began(self, *, anew: bool) -> None:
        """A session stands. `anew`: with a broker that has forgotten us, so what failed before was that it died."""
        self._deaths += anew
        if anew and self._deaths <= MOST_DEATHS:
            self._failures = 0

    def ended(self, why: UplinkLost, now_s: float, up_since_s: float | None, *, explained: bool) -> int:
        """A session is lost, or (`up_since_s` None) did not come about: how many in a row by now.

        `explained`: the broker refuses messages, and may hang up for that.
        """
        if lasted := has_lasted(up_since_s, now_s):
            self._deaths = 0
        self._in_a_row = 1 if lasted or isinstance(why, HungUpOnMessage) else self._in_a_row + 1
        self._failures = 1 if lasted or isinstance(why, HungUpOnMessage | NobodyListens) else self._failures + 1
        if up_since_s is not None:
            self._breaks = 0 if lasted or explained else self._breaks + 1
        self._taken_over = isinstance(why, TakenOver)
        if self._taken_over:
            self._taken_over_s = now_s
        return self._in_a_row

    def wait_s(self, chance: float, *, alert_waits: bool) -> float:
        """Before the next connection."""
        if self._taken_over and not alert_waits:
            shortest_s, longest_s = TAKEN_OVER_WAIT_S
            return shortest_s + chance * (longest_s - shortest_s)
        return reconnect_s(self._failures, LONGEST_WAIT_WITH_ALERT_S if alert_waits else LONGEST_WAIT_S, chance)

    def faults(self, now_s: float, up_since_s: float | None) -> list[str]:
        """What is wrong with the link itself, in fixed words."""
        faults = []
        if now_s - self._taken_over_s < TAKEN_OVER_TOLD_S:
            faults.append("another box uses this id")
        if self.keeps_breaking and not has_lasted(up_since_s, now_s):
            faults.append("link keeps breaking")
        return faults


def has_lasted(up_since_s: float | None, now_s: float) -> bool:
    """Whether a session that stands since then was no short one."""
    return up_since_s is not None and now_s - up_since_s >= STABLE_S
