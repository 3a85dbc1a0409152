"""Volunteers who live near: they are named to those who are asked, and not asked themselves. Pure."""

from __future__ import annotations

from datetime import datetime
from math import asin, cos, radians, sin, sqrt

from msgspec import Struct

from drivers.measurement import Position
from gateway.alert import Responder
from gateway.duty.duty_list import CHINA
from gateway.duty.phone_numbers import international
from gateway.duty.shift import ALWAYS, Shift

EARTH_M = 6_371_000.0  # mean radius
NAMED = 5  # more are of no use to who has to choose


class Volunteer(Struct, frozen=True):
    """`name` is a pseudonym. Where they are at home, in degrees (WGS 84)."""

    name: str
    number: str
    latitude: float
    longitude: float
    shift: Shift = ALWAYS


class Volunteers(Struct, frozen=True):
    """All that are known. `country`: of numbers that are written without a country code."""

    all: tuple[Volunteer, ...] = ()
    country: str = CHINA

    def nearest(self, place: Position, local: datetime) -> tuple[Responder, ...]:
        """Those on duty at this moment (local time), the nearest first."""
        ready = [Responder(one.name, round(distance_m(one, place))) for one in self.all if one.shift.covers(local)]
        return tuple(sorted(ready, key=lambda responder: responder.distance_m)[:NAMED])

    def whose(self, number: str) -> Volunteer | None:
        """Whose phone has this number, however it is written."""
        full = international(number, self.country)
        return next((one for one in self.all if one.number and international(one.number, self.country) == full), None)


def distance_m(volunteer: Volunteer, place: Position) -> float:
    """As the crow flies (haversine)."""
    latitude, other = radians(volunteer.latitude), radians(place.latitude)
    over_latitude, over_longitude = other - latitude, radians(place.longitude - volunteer.longitude)
    part = sin(over_latitude / 2) ** 2 + cos(latitude) * cos(other) * sin(over_longitude / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(part)))
