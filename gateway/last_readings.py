"""The last reading of each kind of each band, for those who look at how it is. Pure."""

from __future__ import annotations

from drivers.measurement import Kind
from gateway.readings import Reading


class LastReadings:
    """In memory only; what a band had stored and hands over late replaces nothing newer."""

    def __init__(self) -> None:
        self._last: dict[str, dict[Kind, Reading]] = {}

    def take(self, reading: Reading) -> None:
        """One more."""
        kinds = self._last.setdefault(reading.device, {})
        before = kinds.get(reading.kind)
        if before is None or reading.at_ms >= before.at_ms:
            kinds[reading.kind] = reading

    def of(self, device: str) -> tuple[Reading, ...]:
        """The last of each kind of this band, in the order of the kinds' names."""
        kinds = self._last.get(device, {})
        return tuple(kinds[kind] for kind in sorted(kinds))
