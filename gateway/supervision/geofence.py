"""A wearer who has left the agreed area around their home. Off unless it is asked for. Pure."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

from msgspec import UNSET

from drivers.measurement import Position
from gateway.alert import AlertKind, Priority
from gateway.readings import Reading
from gateway.supervision.band_record import BandRecord, BandRules, Fence

EARTH_M = 6_371_000.0
FIXES = 2  # in a row, so that one bad fix is no reason
UNKNOWN_M = 100.0  # proposal: how exact a fix is taken to be that does not say it, such as one by the cells of the network


class GeofenceRow:
    """The row GEO."""

    kind: AlertKind = "geofence"
    id = "GEO"

    def see(self, rules: BandRules, band: BandRecord, reading: Reading, now_ms: int) -> bool:
        """Whether it went out, or came back. A fix that may lie on either side of the fence says nothing."""
        fence = fence_of(rules, band.wearer)
        place, there = reading.value, band.whereabouts
        if fence is None or not isinstance(place, Position) or there.at_ms == reading.at_ms:
            return False
        if reading.at_ms < there.at_ms <= now_ms:
            return False
        there.at_ms = reading.at_ms
        beyond_m = distance_m(fence, place) - fence.radius_m
        accuracy_m = UNKNOWN_M if place.accuracy_m is UNSET else place.accuracy_m
        if beyond_m > accuracy_m:
            there.outside, there.inside = there.outside + 1, 0
        elif beyond_m <= 0:
            there.outside, there.inside = 0, there.inside + 1
        was, there.left = there.left, there.outside >= FIXES or (there.left and there.inside < FIXES)
        return there.left != was

    def holds(self, rules: BandRules, band: BandRecord, now_ms: int) -> Priority | None:  # noqa: ARG002 (a BandRow)
        """As long as it is out."""
        return "warning" if band.whereabouts.left and fence_of(rules, band.wearer) else None

    def next_ms(self, rules: BandRules, band: BandRecord, now_ms: int) -> int | None:  # noqa: ARG002 (a BandRow)
        """It never changes by itself."""
        return None


def fence_of(rules: BandRules, wearer: str) -> Fence | None:
    """The wearer's own, else that of all; None: there is none."""
    return rules.fences.get(wearer, rules.fence)


def distance_m(fence: Fence, place: Position) -> float:
    """From the middle of the fence, along the surface of the earth (haversine)."""
    north, east = radians(place.latitude - fence.latitude), radians(place.longitude - fence.longitude)
    part = sin(north / 2) ** 2 + cos(radians(fence.latitude)) * cos(radians(place.latitude)) * sin(east / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(min(1.0, part)))
