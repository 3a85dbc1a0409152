"""Which readings stay when room must be made: pure."""

from __future__ import annotations

from collections.abc import Container, Sequence

from drivers.measurement import BloodPressure
from gateway.readings import Reading

SLOT_MS = 5 * 60_000
CALLS = frozenset({"button", "fall"})  # everything else is routine


def never_evicted(reading: Reading, named: Container[int]) -> bool:
    """Presses and falls, and everything that an alert names (by seq)."""
    return reading.kind in CALLS or reading.seq in named


def essential(readings: Sequence[Reading], named: Container[int]) -> list[int]:
    """The places of those that are never evicted."""
    return [index for index, reading in enumerate(readings) if never_evicted(reading, named)]


def thinned_out(readings: Sequence[Reading], named: Container[int]) -> list[int]:
    """The places of these, and of each wearer's first, lowest and highest of a kind in every five minutes."""
    slots: dict[tuple[str, str, int], list[int]] = {}
    for index, reading in enumerate(readings):
        slots.setdefault((reading.wearer, reading.kind, reading.at_ms // SLOT_MS), []).append(index)
    stay = set(essential(readings, named))
    for indexes in slots.values():
        stay.add(indexes[0])
        levels = {index: level for index in indexes if (level := _level(readings[index])) is not None}
        if levels:
            stay |= {min(levels, key=levels.__getitem__), max(levels, key=levels.__getitem__)}
    return sorted(stay)


def _level(reading: Reading) -> float | None:
    """What lowest and highest mean for it; nothing for an invalid reading, and for a place."""
    value = reading.value
    if isinstance(value, BloodPressure):
        value = value.systolic
    return float(value) if reading.valid and isinstance(value, int | float) else None
