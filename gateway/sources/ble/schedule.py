"""Which band is connected to next. Pure.

An adapter holds a few connections only. A band is tried when it was heard lately, and when its time has come: first those that
have a slot of their own, then those that came into sight just now and will be gone in seconds, then the one that waits for the
most of its intervals. Its failures put itself off, and nobody else: the longer they take, the longer. Bands that stream keep
their link, so one is left for the others where there are any. `tests/connections/` plays a week of a hundred bands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from math import inf

from msgspec import Struct

from drivers.driver import ConnectionDriver
from gateway.backoff import pause_s

SEEN_S = 30  # BlueZ forgets a device that it has not heard for about so long (measured with 5.66)
VISIT_EVERY_S = 900  # a band that neither streams nor shows itself after a measurement
MISSED_AFTER_S = 60  # one that does, or has a slot of its own
LONGEST_PAUSE_S = 60  # after failures that took no time
PAUSES_TO_A_TRY = 14  # so that a band that never answers takes a fifteenth of a slot, not half of it
IDLE_PAUSE_S = 60  # of a band that shows itself and has nothing to say; twice as long each time
REST_S = 1  # from the end of a link to the next one, when all was well


class ScheduledBand(Struct):
    """What is known of one band: when it was heard and by whom, when it is due, how often in a row it failed or was idle.

    `heard_s`: when it gave its last sign of life, heard or linked; `fresh`: it came into sight since it was visited last.
    """

    streams: bool
    on_sight: bool
    own_slot: bool = False
    seen_s: float | None = None
    heard_s: float = -inf
    fresh: bool = False
    adapter: str = ""
    due_s: float = 0
    put_off_s: float = 0  # until then it is left alone
    begun_s: float = 0  # of its link
    failures: int = 0
    idle: int = 0
    linked: bool = False
    enrolled: bool = True

    @property
    def lasts(self) -> bool:
        """Whether its link ends only when it is lost."""
        return self.streams or self.own_slot

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

    def rank(self, now_s: float) -> tuple[bool, bool, float]:
        """Whose is lowest is next."""
        interval_s = MISSED_AFTER_S if self.lasts or self.on_sight else VISIT_EVERY_S
        return not self.own_slot, not (self.on_sight and self.fresh), (self.due_s - now_s) / interval_s


class Schedule:
    """Told what happens, with the time in seconds of a clock that never steps; asked who is next."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._slots_of: dict[str, int] = {}
        self._bands: dict[str, ScheduledBand] = {}

    def enrol(self, drivers: Mapping[str, ConnectionDriver], own_slots: Collection[str] = ()) -> None:
        """These bands from now on, by address, some with slots of their own; what is known of those that stay is kept.

        One that is enrolled no more keeps its slot until its link is over.
        """
        fresh = {
            address: ScheduledBand(driver.streams, driver.on_sight, address in own_slots) for address, driver in drivers.items()
        }
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
        if fresh.own_slot and not known.own_slot:
            known.due_s = 0
        known.streams, known.on_sight, known.own_slot = fresh.streams, fresh.on_sight, fresh.own_slot
        known.enrolled = True
        return known

    def seen(self, address: str, adapter: str, now_s: float) -> None:
        """A band was heard. One that comes back after a while begins with a clean sheet."""
        band = self._bands[address]
        away_s = now_s - band.heard_s
        if away_s > VISIT_EVERY_S:
            band.failures = 0
        if away_s > LONGEST_PAUSE_S and band.idle:
            band.due_s = band.idle = 0
        band.fresh |= away_s > SEEN_S
        band.seen_s = band.heard_s = now_s
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
        ready.sort(key=lambda each: each[1].rank(now_s))
        room = _Room(self._slots, self._slots_of, self._bands.values())
        chosen = [(address, band) for address, band in ready if room.takes(band)]
        for _, band in chosen:
            band.linked, band.begun_s = True, now_s
        return [address for address, _ in chosen]

    def in_the_way(self, now_s: float) -> list[str]:
        """Bands that stream, and have to go: others that have a slot of their own are there, and found no room at `begin`."""
        waiting = Counter(band.adapter for band in self._bands.values() if band.own_slot and band.ready(now_s))
        found: list[str] = []
        for address, band in self._bands.items():
            if band.linked and band.streams and not band.own_slot and waiting[band.adapter] > 0:
                waiting[band.adapter] -= 1
                found.append(address)
        return found

    def ended(self, address: str, now_s: float, *, well: bool, chance: float, idle: bool = False) -> None:
        """A link is over, or never came about. `chance`, from 0 to 1, spreads the next try. `idle`: it had nothing to say."""
        band = self._bands[address]
        band.linked = False
        if not band.enrolled:
            del self._bands[address]
            return
        band.heard_s = now_s
        band.idle = band.idle + 1 if idle and not band.own_slot else 0
        lasted_s = now_s - band.begun_s
        if well:
            band.fresh = False
            band.seen_s = None  # it has to show itself again
        if band.idle or (well and (not band.own_slot or lasted_s >= LONGEST_PAUSE_S)):
            band.failures = 0
            band.due_s = now_s + (band.rest_s if band.lasts or band.on_sight else VISIT_EVERY_S)
        else:  # also a link that should last, and was over at once
            band.failures += 1
            band.due_s = now_s + _pause_s(band, lasted_s, chance)

    def wait_s(self, now_s: float) -> float | None:
        """How long until the next band that was heard is due; None: nothing to wait for but news."""
        waits = [
            max(band.due_s, band.put_off_s) - now_s
            for band in self._bands.values()
            if not band.linked and band.heard_lately(now_s)
        ]
        return min((wait for wait in waits if wait > 0), default=None)


class _Room:
    """The slots of every adapter, and who holds them.

    One that a band has of its own is kept by each adapter until it is linked, for nobody knows which will hear it next.
    """

    def __init__(self, slots: int, slots_of: Mapping[str, int], bands: Collection[ScheduledBand]) -> None:
        self._slots, self._slots_of = slots, slots_of
        self._all_last = all(band.lasts for band in bands)
        self._held = Counter(band.adapter for band in bands if band.linked)
        self._lasting = Counter(band.adapter for band in bands if band.linked and band.lasts)
        self._kept = sum(band.own_slot and not band.linked for band in bands)

    def takes(self, band: ScheduledBand) -> bool:
        """Whether there is a slot for it, which it then has."""
        if not self._has_one_for(band):
            return False
        self._held[band.adapter] += 1
        self._lasting[band.adapter] += band.lasts
        self._kept -= band.own_slot
        return True

    def _has_one_for(self, band: ScheduledBand) -> bool:
        slots = self._slots_of.get(band.adapter, self._slots)
        lasting_at_most = slots if self._all_last or slots < 2 else slots - 1
        held, lasting = self._held[band.adapter], self._lasting[band.adapter]
        kept = 0 if band.own_slot else max(0, min(self._kept, lasting_at_most - lasting))
        if band.lasts and lasting + kept >= lasting_at_most:
            return False
        return held + kept < slots


def _pause_s(band: ScheduledBand, took_s: float, chance: float) -> float:
    """What a failure takes it takes from the others, but for a slot of its own: so all pauses but the first grow with it."""
    unit_s = max(1, took_s) if band.failures > 1 and not band.own_slot else 1
    longest_s = min(VISIT_EVERY_S, max(LONGEST_PAUSE_S, PAUSES_TO_A_TRY * unit_s))
    return unit_s * pause_s(band.failures, longest_s / unit_s, chance)
