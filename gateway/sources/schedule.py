"""Which band is connected to next: first those that show themselves for seconds, then the one that is most overdue. Pure.

An adapter holds a few connections only. A band is tried when it was heard lately, and when its time has come; its failures
put itself off, and nobody else. Bands that stream keep their link, so one is left for the others where there are any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import inf

from msgspec import Struct

from drivers.driver import ConnectionDriver
from gateway.backoff import pause_s

SEEN_S = 30  # BlueZ forgets a device that it has not heard for about so long (measured with 5.66)
VISIT_EVERY_S = 900  # a band that neither streams nor shows itself after a measurement
LONGEST_PAUSE_S = 60
IDLE_PAUSE_S = 60  # of a band that shows itself and has nothing to say; twice as long each time
REST_S = 1  # from the end of a link to the next one, when all was well


class ScheduledBand(Struct):
    """What is known of one band: when it was heard and by whom, when it is due, how often in a row it failed or was idle."""

    streams: bool
    on_sight: bool
    seen_s: float | None = None
    adapter: str = ""
    due_s: float = 0
    put_off_s: float = 0  # until then it is left alone
    failures: int = 0
    idle: int = 0
    left_s: float = -inf  # when its last link ended: a band does not show itself while it has one
    linked: bool = False
    enrolled: bool = True

    def ready(self, now_s: float) -> bool:
        """Whether it may be connected to now."""
        return not self.linked and max(self.due_s, self.put_off_s) <= now_s and self.heard_lately(now_s)

    @property
    def rest_s(self) -> float:
        """From the end of a link to the next one, while it shows itself."""
        return REST_S if self.idle < 2 else min(IDLE_PAUSE_S * 2.0 ** (self.idle - 2), VISIT_EVERY_S)

    def heard_lately(self, now_s: float) -> bool:
        """Whether a connect has a chance."""
        return self.seen_s is not None and now_s - self.seen_s <= SEEN_S


class Schedule:
    """Told what happens, with the time in seconds of a clock that never steps; asked who is next."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
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
        last_s = band.left_s if band.seen_s is None else max(band.seen_s, band.left_s)
        if now_s - last_s > LONGEST_PAUSE_S:
            band.due_s = 0 if band.idle else band.due_s
            band.failures = band.idle = 0
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

    def ended(self, address: str, now_s: float, *, well: bool, chance: float, idle: bool = False) -> None:
        """A link is over, or never came about. `chance`, from 0 to 1, spreads the next try. `idle`: it had nothing to say."""
        band = self._bands[address]
        band.linked, band.left_s = False, now_s
        if not band.enrolled:
            del self._bands[address]
            return
        band.idle = band.idle + 1 if idle else 0
        if well or idle:
            band.failures = 0
            band.seen_s = None if well else band.seen_s  # it has to show itself again
            band.due_s = now_s + (band.rest_s if band.streams or band.on_sight else VISIT_EVERY_S)
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
        if band.streams:
            return taken.total() < self._slots and taken[True] < self._slots - self._kept_free()
        return taken.total() < self._slots

    def _kept_free(self) -> int:
        return int(self._slots > 1 and not all(band.streams for band in self._bands.values()))
