"""`[home]` and `[wearer.W.geofence]`: where people live, and how far they are expected to go."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gateway.settings.sections.section import Section


class HomeSection(Section):
    """Where the center is, and how far its wearers are expected to go."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    """Degrees, WGS 84; north is positive."""

    longitude: Annotated[float, Field(ge=-180, le=180)]
    """Degrees, WGS 84; east is positive."""

    geofence_m: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """Metres around the wearer's home; who leaves it is told. 0: off."""


class GeofenceSection(Section):
    """The home of one wearer, and how far they are expected to go: `[wearer."W-017".geofence]`."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    """Degrees, WGS 84; north is positive."""

    longitude: Annotated[float, Field(ge=-180, le=180)]
    """Degrees, WGS 84; east is positive."""

    radius_m: Annotated[int, Field(ge=0, le=1_000_000)]
    """Metres around the home; who leaves it is told. 0: off for this wearer."""
