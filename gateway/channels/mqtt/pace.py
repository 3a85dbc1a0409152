"""How fast: how often what is refused is tried again, how fast history is sent, when to connect again. Pure."""

from __future__ import annotations

from dataclasses import dataclass

SPREAD_S = 60.0
FRESH_S = 600.0  # after power has returned to a district its network may need minutes
MOST_DOUBLINGS = 16  # beyond that only the longest wait counts, and the number stays small


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Seconds between heartbeats; between a reading's sendings while no receipt comes or the broker refuses (doubling, from
    `again_s` on) and while nobody listens (from `unheard_s` on). Messages per second: of history; of alerts, the first
    sendings and the others: several clouds hang up above 50.
    """

    heartbeat_s: float = 60.0
    again_s: float = 10.0
    again_at_most_s: float = 300.0
    unheard_s: float = 1.0
    backlog_messages_per_s: float = 20.0
    alerts_per_s: float = 40.0
    repeats_per_s: float = 10.0


ORDINARY = Pace()


def reconnect_s(failures: int, longest_s: float, chance: float) -> float:
    """Seconds before the next connection after so many failures: from 1 to 2, 4, 8 ... by chance (0 to 1).

    Full jitter: after a power cut in the district, fifty gateways do not come back together.
    """
    most_s = min(longest_s, 2.0 ** min(failures, MOST_DOUBLINGS))
    return 1 + chance * (most_s - 1)


def backlog_start_s(up_s: float, chance: float) -> float:
    """Seconds before history is sent, by chance (0 to 1), where the machine has power for `up_s` seconds only.

    A hundred gateways that come back together share one platform; alerts and what is measured now do not wait.
    """
    return chance * SPREAD_S if up_s < FRESH_S else 0.0


class BacklogStart:
    """Counts `backlog_start_s` once, from the first session on: a link that breaks later has nothing to do with the power."""

    def __init__(self) -> None:
        self._from_s: float | None = None

    def wait_s(self, up_s: float, chance: float) -> float:
        """Seconds that are left, asked at the beginning of each session."""
        if self._from_s is None:
            self._from_s = up_s + backlog_start_s(up_s, chance)
        return max(0.0, self._from_s - up_s)


class TokenBucket:
    """So many a second on average, and at most a second's worth at once."""

    def __init__(self, per_s: float) -> None:
        self._per_s = per_s
        self._tokens = per_s
        self._at_s: float | None = None

    def take(self, now_s: float) -> float:
        """Takes a token; seconds to wait before it counts."""
        gained = 0.0 if self._at_s is None else (now_s - self._at_s) * self._per_s
        self._tokens = min(self._per_s, self._tokens + gained) - 1
        self._at_s = now_s
        return max(0.0, -self._tokens / self._per_s)
