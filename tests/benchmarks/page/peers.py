"""What other programs cost beside the prototype, each in one run with it: docs/performance-peers.json. Pure.

    ./dev bench peers

runs the harness that measures them, which lies in a folder that need not be there, and writes that file anew.
"""

from __future__ import annotations

import msgspec

from tests.benchmarks.figures import markdown, number

YARDSTICK, OURS = "prototype", "lifering"
KEYS = {"flood": "flood_cpu_us", "steady": "steady_cpu_us"}


class Peers(msgspec.Struct, kw_only=True):
    """As the harness writes it: of each subject its version, why it has no figures, and the figures."""

    machine: dict[str, str]
    subjects: dict[str, dict[str, str | float | None]]

    def times(self) -> dict[str, dict[str, float]]:
        """Of each program but ours and the prototype: processor time for a reading, times the prototype's."""
        base = self.subjects.get(YARDSTICK, {})
        found = {
            name: {
                kind: value / other
                for kind, key in KEYS.items()
                if (value := _number(of, key)) and (other := _number(base, key))
            }
            for name, of in self.subjects.items()
            if name not in (YARDSTICK, OURS)
        }
        return {name: kinds for name, kinds in found.items() if kinds}


def _number(of: dict[str, str | float | None], key: str) -> float | None:
    value = of.get(key)
    return float(value) if isinstance(value, int | float) else None


COLUMNS = {
    "flood_cpu_us": "CPU us, flood",
    "steady_cpu_us": "CPU us, 200/s",
    "flood_per_s": "readings/s",
    "trickle_bytes": "bytes, 5/s",
    "latency_p50_ms": "p50 ms",
    "latency_p99_ms": "p99 ms",
    "idle_rss_mb": "RSS MB, idle",
    "outage_rss_mb": "100,000 pending",
    "drain_undelivered": "not delivered after an outage",
    "kill_lost": "lost by 10 kills",
    "broker_kill_lost": "lost by 10 kills of the broker",
}


def table(peers: Peers) -> str:
    """All subjects, in the order in which they were measured."""
    rows = [
        [name, *("-" if (value := _number(of, key)) is None else number(value) for key in COLUMNS)]
        for name, of in peers.subjects.items()
        if any(key in of for key in COLUMNS)
    ]
    return markdown(["program", *COLUMNS.values()], rows, range(1, len(COLUMNS) + 1))


def decoded(data: bytes) -> Peers:
    """Of that file. Raises msgspec.DecodeError."""
    return msgspec.json.decode(data, type=Peers)
