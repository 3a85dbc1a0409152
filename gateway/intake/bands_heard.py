"""When each enrolled band was heard, and its last reading of each kind: what the snapshot tells of bands."""

from __future__ import annotations

from drivers.measurement import Kind
from gateway.readings import Enrolment, Reading
from gateway.roster import Roster
from gateway.snapshot import BandState


class BandsHeard:
    """Holds no more than the roster's bands: what was known of a band goes with its enrolment. Times are monotonic."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._changes = roster.changes.number
        self._heard_s: dict[str, float] = {}
        self._last: dict[str, dict[Kind, Reading]] = {}

    def heard(self, address: str, at_s: float) -> None:
        """This enrolled band was heard."""
        self._heard_s[address] = at_s

    def measured(self, reading: Reading) -> None:
        """A reading of an enrolled band; one that was measured before the last one of its kind changes nothing."""
        last = self._last.setdefault(reading.device, {})
        known = last.get(reading.kind)
        if known is None or known.wearer != reading.wearer or reading.at_ms >= known.at_ms:
            last[reading.kind] = reading

    def count(self, since_s: float) -> int:
        """How many of the enrolled bands were heard since then."""
        self._forget_others()
        return sum(at_s >= since_s for at_s in self._heard_s.values())

    def states(self, now_s: float) -> tuple[BandState, ...]:
        """Every enrolled band, with what was measured by whom it belongs to now."""
        self._forget_others()
        return tuple(self._state(band, now_s) for band in self._roster.bands.values())

    def _state(self, band: Enrolment, now_s: float) -> BandState:
        heard_s = self._heard_s.get(band.address)
        last = {kind: one for kind, one in self._last.get(band.address, {}).items() if one.wearer == band.wearer}
        battery = last.get("battery")
        return BandState(
            address=band.address,
            driver=band.driver,
            wearer=band.wearer,
            room=band.room,
            heard_s=None if heard_s is None else now_s - heard_s,
            battery=battery.value if battery and battery.valid and isinstance(battery.value, int | float) else None,
            last=tuple(last.values()),
        )

    def _forget_others(self) -> None:
        """After a change of the roster."""
        if self._changes != self._roster.changes.number:
            self._changes = self._roster.changes.number
            for known in (self._heard_s, self._last):
                for address in known.keys() - self._roster.bands.keys():
                    del known[address]
