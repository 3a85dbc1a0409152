"""The last reading of each kind of each band, for those who look at how it is. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.measurement import Kind
from gateway.readings import Enrolment, Reading


class LastReadings:
    """In memory only; what a band had stored and hands over late replaces nothing newer.

    All that is told of a band is of one wearer: the last one who was measured.
    """

    def __init__(self) -> None:
        self._last: dict[str, dict[Kind, Reading]] = {}

    def take(self, reading: Reading) -> None:
        """One more."""
        kinds = self._last.get(reading.device)
        if kinds is None:
            kinds = self._last[reading.device] = {}
        before = kinds.get(reading.kind)
        if before is None or reading.at_ms >= before.at_ms or reading.wearer != before.wearer:
            kinds[reading.kind] = reading

    def of(self, device: str) -> tuple[Reading, ...]:
        """The last of each kind of this band, in the order of the kinds' names."""
        kinds = self._last.get(device)
        if not kinds:
            return ()
        wearer = _wearer(kinds)
        return tuple(kinds[kind] for kind in sorted(kinds) if kinds[kind].wearer == wearer)

    def all(self) -> list[Reading]:
        """Of every band."""
        return [reading for device in self._last for reading in self.of(device)]

    def keep(self, bands: Mapping[str, Enrolment]) -> None:
        """Forget all that is not of these bands, by address, and of a band that is worn what was measured of another."""
        self._last = {
            device: kinds
            for device, kinds in self._last.items()
            if (band := bands.get(device)) and (band.port or band.wearer == _wearer(kinds))
        }

    def forget(self, wearer: str) -> None:
        """Nothing of this wearer is known any more."""
        for device, kinds in self._last.items():
            self._last[device] = {kind: reading for kind, reading in kinds.items() if reading.wearer != wearer}


def _wearer(kinds: Mapping[Kind, Reading]) -> str:
    """Whose the newest is."""
    return max(kinds.values(), key=lambda reading: reading.received_ms).wearer
