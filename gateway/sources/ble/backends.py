"""What stands between bleak and the radio, where bleak is not to choose it itself: virtual bands are behind these.

Without a radio bleak is not even imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from bleak.backends.client import BaseBleakClient
    from bleak.backends.scanner import BaseBleakScanner


class Backends(NamedTuple):
    """bleak's backend classes; None: those that it takes on this machine."""

    scanner: type[BaseBleakScanner] | None = None
    client: type[BaseBleakClient] | None = None
