"""What is known of one band for its supervision, and what it says of itself: worn or not, on its charger or not. Pure."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct, field

from gateway.alert import AlertKind, Priority
from gateway.readings import Reading
from gateway.supervision.kept_word import KeptWord
from gateway.supervision.standing import ToldState
from gateway.supervision.wearing_hours import WearingHours
from gateway.supervision.worn_time import WornTime

LATE_MS = 30 * 60_000  # what comes later says nothing of now


class Fence(Struct, frozen=True):
    """A circle around the home of a wearer: degrees WGS 84, and metres."""

    latitude: float
    longitude: float
    radius_m: float


class BandRules(Struct, frozen=True, kw_only=True):
    """`[supervision]`, and the fences: in minutes of wearing hours, and percent; 0: the row is off.

    `fence`: of all who have none of their own; None: off. `fences`: by wearer; None: off for this one.
    """

    hours: WearingHours
    silent_warning_min: int = 60
    silent_critical_min: int = 0
    off_wrist_min: int = 30
    battery_percent: int = 20
    fence: Fence | None = None
    fences: dict[str, Fence | None] = {}


class WatchedBand(Struct, frozen=True, kw_only=True):
    """A band that is enrolled. `worn`: all day, so that its silence says something. `ways`: the sources that can hear it."""

    address: str
    wearer: str
    worn: bool = False
    ways: frozenset[str] = frozenset()


class SelfReport(Struct, omit_defaults=True):
    """What a band said of itself last, until it says the contrary, and when that was measured."""

    so: bool = False
    at_ms: int = 0

    def hear(self, so: bool, at_ms: int, now_ms: int) -> bool:
        """Whether this is new. What is older than the last word is not; a word of the future was said by another clock."""
        if at_ms < self.at_ms <= now_ms:
            return False
        before, self.so, self.at_ms = self.so, so, at_ms
        return so != before


class Charge(Struct, omit_defaults=True):
    """Of its battery. `low`, `very_low`: beyond the two limits, with hysteresis; `flag_ms`: when it called its battery low."""

    percent: float | None = None
    low: bool = False
    very_low: bool = False
    flag_ms: int | None = None


class Whereabouts(Struct, omit_defaults=True):
    """How many fixes in a row were outside of its fence, or inside; `left`: it is outside."""

    outside: int = 0
    inside: int = 0
    at_ms: int = 0
    left: bool = False


class BandRecord(Struct, kw_only=True, omit_defaults=True):
    """`unheard`: since its last frame. `off_since`: since it said that it is not worn; None: it is worn, or never said so.
    `evidence`: of each row the reading that changed it last.
    """

    wearer: str
    unheard: WornTime | None = None
    off: SelfReport = field(default_factory=SelfReport)
    charging: SelfReport = field(default_factory=SelfReport)
    off_since: WornTime | None = None
    charge: Charge = field(default_factory=Charge)
    whereabouts: Whereabouts = field(default_factory=Whereabouts)
    standings: dict[AlertKind, ToldState] = {}
    evidence: dict[AlertKind, KeptWord] = {}


class BandRow(Protocol):
    """One thing that is watched of every band."""

    kind: AlertKind
    id: str

    def see(self, rules: BandRules, band: BandRecord, reading: Reading, now_ms: int) -> bool:
        """Whether this reading, valid and of now, changes what holds."""
        ...

    def holds(self, rules: BandRules, band: BandRecord, now_ms: int) -> Priority | None:
        """How urgent it is that somebody is told of it; None: nothing is to be told."""
        ...

    def next_ms(self, rules: BandRules, band: BandRecord, now_ms: int) -> int | None:
        """When something else may hold without a reading; None: never."""
        ...


def is_of_now(reading: Reading, now_ms: int) -> bool:
    """Whether it says how things are."""
    return reading.valid and not reading.history and now_ms - reading.at_ms <= LATE_MS
