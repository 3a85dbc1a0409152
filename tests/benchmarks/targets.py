"""What is to be reached: data, by the measurement that finds it out. Pure."""

from __future__ import annotations

from typing import NamedTuple

from tests.benchmarks.figures import number


class Target(NamedTuple):
    """What one figure is to be: at most so much, or at least. `before`: what it was when the target was set, in words."""

    figure: str
    wanted: float
    unit: str
    before: str = ""
    at_least: bool = False

    def is_reached(self, value: float) -> bool:
        """Whether the value is good enough."""
        return value >= self.wanted if self.at_least else value <= self.wanted

    def words(self) -> str:
        """As a table says it."""
        return f"at {'least' if self.at_least else 'most'} {_short(self.wanted)} {self.unit}".rstrip()

    def verdict(self, value: float) -> str:
        """Reached, or by how much not."""
        if self.is_reached(value):
            return "reached"
        if not self.wanted or not value:
            return f"missed by {_short(abs(value - self.wanted))}"
        return f"missed: {number(value / self.wanted)} x"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"


NOW, IN_1970, IN_TEN_YEARS = "the clock right", "the clock at 1970", "the clock 10 years ahead"
IDLE, DRAINING, FLOODED, SLOW = (
    "idle",
    "while 1,000,000 readings drain",
    "in a flood of 5,000 readings/s",
    "each sync takes 50 ms",
)

TARGETS: dict[str, tuple[Target, ...]] = {
    "flood": (
        Target("CPU per reading, flood", 15, "us", "21"),
        Target("readings sustained on one core", 50_000, "/s", at_least=True),
        Target("RSS, idle", 45, "MB", "57"),
        Target("RSS, peak of a flood", 55, "MB", "64"),
    ),
    "steady": (Target("CPU per reading at 200/s, beside the prototype", 1.2, "x", "2.0"),),
    "kills": (Target("readings lost that were read 0.1 s before a kill -9", 0, "", "1,051 of 2,347"),),
    "wear": (
        Target("written per reading at 5/s, loss bound 1 s", 1500, "bytes", "1,700"),
        Target("written per reading at 5/s, loss bound 5 s", 700, "bytes"),
        Target("written a day, 50 bands, one reading each 10 s", 0.6, "GB"),
    ),
    "drain": (
        Target("RSS, 1,000,000 readings pending", 55, "MB", "532"),
        Target("drained, limit lifted", 50_000, "/s", at_least=True),
        Target("age of live data while it drains, worst", 2, "s"),
        Target("event-loop lag while it drains, p99", 50, "ms"),
        Target("messages of the backlog, the default limit", 20, "/s"),
        Target(f"SOS to the broker, {DRAINING}, p50", 5, "ms"),
        Target(f"SOS to the broker, {DRAINING}, p99", 40, "ms"),
    ),
    "back": (
        Target("broker back: first reading, worst", 5, "s"),
        Target("broker back: all readings, worst", 15, "s", "50"),
    ),
    "latency": (
        Target(f"SOS to the broker, {IDLE}, p50", 3, "ms"),
        Target(f"SOS to the broker, {IDLE}, p99", 20, "ms"),
        Target(f"SOS to the broker, {FLOODED}, p50", 5, "ms"),
        Target(f"SOS to the broker, {FLOODED}, p99", 40, "ms"),
        Target(f"SOS to the broker, {SLOW}, p50", 120, "ms"),
        Target(f"SOS to the broker, {SLOW}, p99", 200, "ms"),
    ),
    "start": tuple(
        target
        for clock in (NOW, IN_1970, IN_TEN_YEARS)
        for target in (
            Target(f"start to the first reading, 1,000,000 pending, {clock}", 1.5, "s"),
            Target(f"RSS after such a start, peak, {clock}", 60, "MB"),
        )
    ),
    "hole": (Target("SMS leaves the modem, broker a black hole, latest", 32, "s"),),
    "beside": (Target("SOS to the broker, at 200/s and beside status, export and erase, p99", 100, "ms"),),
    "refused": (Target("SOS to the broker, while those of 20 others are refused, p99", 200, "ms"),),
    "strangers": (
        Target("SOS to the broker, while strangers call (records), p99", 200, "ms"),
        Target("SOS to the broker, while strangers call (advertisements), p99", 200, "ms"),
    ),
    "decode": (Target("the dearest driver without a reason", 10, "x"),),
}
