"""A beacon on a wristband, as MOKO, Minew, Feasycom and others make them: while its key is pressed it shows another identity.

Two slots: an identity that it shows always, and one that it shows for seconds after a press, without any number. So a
second press looks like the first.
"""

from __future__ import annotations

import uuid

from fake_devices.bands.beacons import ibeacon
from fake_devices.bands.broadcaster import Broadcaster
from fake_devices.ble_link.air import Air

PRESS_FRAMES, PRESS_EVERY_S = 50, 0.2


class IBeacon(Broadcaster):
    """Switched on by `async with`. `sos` is the key to enrol: UUID, major and minor of the second slot, 20 bytes."""

    def __init__(self, air: Air, address: str, *, sos: bytes, alive_every_s: float = 1.0) -> None:
        super().__init__(air, address, alive_every_s, self.tells_it_is_alive)
        self._sos = ibeacon(uuid.UUID(bytes=sos[:16]), *_numbers(sos))
        self._own = ibeacon(uuid.uuid5(uuid.NAMESPACE_OID, address), 1, 1)

    # --- verbs

    def presses(self, frames: int = PRESS_FRAMES) -> None:
        """Somebody presses the key."""
        self.insists(self._sos, frames, PRESS_EVERY_S)

    def tells_it_is_alive(self) -> None:
        """The slot that is always on, also in the midst of a press."""
        self.sends(self._own)


def _numbers(sos: bytes) -> tuple[int, int]:
    return int.from_bytes(sos[16:18]), int.from_bytes(sos[18:20])
