"""Which readings have come to the platform, each known by its band and its value, and when each came first."""

from __future__ import annotations

from collections.abc import Iterable

from fake_devices.consumer import Consumer

Told = tuple[str, int]  # the band, and what it said


class Arrived:
    """Looks at a consumer again and again, from what it has now on; each reading is taken apart once."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer, self._looked_at = consumer, len(consumer.arrivals)
        self.at_s: dict[Told, float] = {}

    def look(self) -> None:
        """Takes in what came since the last look."""
        arrivals = self._consumer.arrivals
        for arrival in arrivals[self._looked_at :]:
            if arrival.id in self._consumer:
                reading = self._consumer.reading(arrival.id)
                if reading["kind"] == "heart_rate":
                    self.at_s.setdefault((reading["device"], reading["value"]), arrival.at_s)
        self._looked_at = len(arrivals)

    def missing(self, told: Iterable[Told]) -> set[Told]:
        """Those that have not come."""
        return set(told) - self.at_s.keys()
