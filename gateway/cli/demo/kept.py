"""Readings that a band had kept while it was out of reach, told together once no more of them come. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fake_devices.consumer import Message

QUIET_S = 1.5  # longer than the store gathers readings for one commit


@dataclass
class Kept:
    """What came so far of one device; the oldest was that old when the gateway heard of it."""

    wearer: str
    device: str
    n: int = 0
    oldest_s: float = 0.0
    came_s: float = 0.0


class KeptReadings:
    """Fed with readings that are history."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    def add(self, reading: Message, at_s: float) -> None:
        """One of them has come to the platform."""
        kept = self._kept.setdefault(reading["device"], Kept(reading["wearer"], reading["device"]))
        kept.n += 1
        kept.oldest_s = max(kept.oldest_s, age_s(reading))
        kept.came_s = at_s

    def complete(self, at_s: float) -> Iterator[Kept]:
        """Those of which no more came for a while; each once."""
        for device, kept in list(self._kept.items()):
            if at_s - kept.came_s >= QUIET_S:
                yield self._kept.pop(device)


def age_s(reading: Message) -> float:
    """How long it was in the band."""
    measured, received = (datetime.fromisoformat(reading[when]) for when in ("at", "received_at"))
    return (received - measured).total_seconds()
