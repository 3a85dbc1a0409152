"""`[[watches]]`: where watches on mobile data may call."""

from __future__ import annotations

from gateway.settings.sections.section import Section
from gateway.settings.values import WatchDriverName, WatchListen


class WatchesSection(Section):
    """A listener for watches with a SIM card. What they say is neither encrypted nor proved: see docs/wristbands.md."""

    listen: WatchListen
    """Address and port that the watches reach, such as "0.0.0.0:8001": every network of this machine. At least port 1024."""

    driver: WatchDriverName
    """How they speak: the driver of a watch that calls, see `lifering drivers`."""
