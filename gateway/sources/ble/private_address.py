"""Whether a device is heard again under the address that it has now. Pure."""

from __future__ import annotations

from drivers.driver import Advertisement

STATIC = 0b11  # the top bits of a random address that stays (Core Specification, volume 6, part B, 1.3.2)


def changes(heard: Advertisement) -> bool:
    """A private address, of which there are two kinds, lasts a quarter of an hour or so: nobody can be enrolled by it."""
    return heard.address_type == "random" and int(heard.address[:2], 16) >> 6 != STATIC
