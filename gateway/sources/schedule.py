"""Which band is connected to next: first those that show themselves for seconds, then the one that is most overdue. Pure.

An adapter holds a few connections only. A band is tried when it was heard lately, and when its time has come; its failures
put itself off, and nobody else. Bands that stream keep their link, so one is left for the others where there are any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from drivers.driver import ConnectionDriver
from gateway.backoff import pause_s

SEEN_S = 30  # BlueZ forgets a device that it has not heard for about so long (measured with 5.66)
VISIT_EVERY_S = 900  # a band that neither streams nor shows itself after a measurement
LONGEST_PAUSE_S = 60
REST_S = 1  # from the end of a link to the next one, when all was well


class ScheduledBand(Struct):
    """What is known of one band: when it was heard and by whom, when it is due, how often it failed in a row."""

    streams: bool
    on_sight: bool
    seen_s: float | None = None
    adapter: str = ""
    due_s: float = 0
    put_off_s: float = 0  # until then it is left alone
    failures: int = 0
    linked: bool = False
    enrolled: bool = True

    def ready(self, now_s: float) -> bool:
        """Whether it may be connected to now."""
        return not self.linked and max(self.due_s, self.put_off_s) <= now_s and self.heard_lately(now_s)

    def heard_lately(self, now_s: float) -> bool:
        """Whether a connect has a chance."""
        return self.seen_s is not None and now_s - self.seen_s <= SEEN_S


class Schedule:
    """Told what happens, with the time in seconds of a clock that never steps; asked who is next."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._slots_of: dict[str, int] = {}
        self._bands: dict[str, ScheduledBand] = {}

    def enrol(self, drivers: Mapping[str, ConnectionDriver]) -> None:
        """These bands from now on, by address; what is known of those that stay is kept.

        One that is enrolled no more keeps its slot until its link is over.
        """
        fresh = {address: ScheduledBand(driver.streams, driver.on_sight) for address, driver in drivers.items()}
        ending = {address: band for address, band in self._bands.items() if band.linked and address not in fresh}
        for band in ending.values():
            band.enrolled = False
        self._bands = ending | {address: self._kept(address, band) for address, band in fresh.items()}

    def has_slots(self, adapter: str, slots: int) -> None:
        """This one holds another number of connections than the usual."""
        self._slots_of[adapter] = slots

    def knows(self, address: str) -> bool:
        """Whether this is one of them."""
        return address in self._bands and self._bands[address].enrolled

    def _kept(self, address: str, fresh: ScheduledBand) -> ScheduledBand:
        known = self._bands.get(address, fresh)
        known.streams, known.on_sight, known.enrolled = fresh.streams, fresh.on_sight, True
        return known

    def seen(self, address: str, adapter: str, now_s: float) -> None:
        """A band was heard. One that comes back after a while begins with a clean sheet."""
        band = self._bands[address]
        if band.seen_s is None or now_s - band.seen_s > LONGEST_PAUSE_S:
            band.failures = 0
        band.seen_s = now_s
        band.adapter = adapter

    def wanted(self, address: str) -> None:
        """Somebody waits for this band: it is due now. After failures it still has its pause."""
        if (band := self._bands.get(address)) and not band.failures:
            band.due_s = 0

    def put_off(self, address: str, now_s: float, seconds: float) -> None:
        """A band is left alone for so long, however it shows itself."""
        self._bands[address].put_off_s = now_s + seconds

    def put_off_bands(self, now_s: float) -> list[str]:
        """Those that are left alone now."""
        return [address for address, band in self._bands.items() if band.put_off_s > now_s]

    def begin(self, now_s: float) -> list[str]:
        """Who is to be connected to now, through the adapter that heard them last; they hold their slots until `ended`."""
        ready = [(address, band) for address, band in self._bands.items() if band.ready(now_s)]
        ready.sort(key=lambda each: (not each[1].on_sight, each[1].due_s))
        chosen = []
        for address, band in ready:
            if self._has_room(band):
                band.linked = True
                chosen.append(address)
        return chosen

    def ended(self, address: str, now_s: float, *, well: bool, chance: float) -> None:
        """A link is over, or never came about. `chance`, from 0 to 1, spreads the next try."""
        band = self._bands[address]
        band.linked = False
        if not band.enrolled:
            del self._bands[address]
            return
        if well:
            band.failures = 0
            band.seen_s = None  # it has to show itself again
            band.due_s = now_s + (REST_S if band.streams or band.on_sight else VISIT_EVERY_S)
        else:
            band.failures += 1
            band.due_s = now_s + pause_s(band.failures, LONGEST_PAUSE_S, chance)

    def wait_s(self, now_s: float) -> float | None:
        """How long until the next band that was heard is due; None: nothing to wait for but news."""
        waits = [
            max(band.due_s, band.put_off_s) - now_s
            for band in self._bands.values()
            if not band.linked and band.heard_lately(now_s)
        ]
        return min((wait for wait in waits if wait > 0), default=None)

    def _has_room(self, band: ScheduledBand) -> bool:
        taken = Counter(other.streams for other in self._bands.values() if other.linked and other.adapter == band.adapter)
        slots = self._slots_of.get(band.adapter, self._slots)
        if band.streams:
            return taken.total() < slots and taken[True] < slots - self._kept_free(slots)
        return taken.total() < slots

    def _kept_free(self, slots: int) -> int:
        return int(slots > 1 and not all(band.streams for band in self._bands.values()))
