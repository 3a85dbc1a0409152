"""A wristband of KKM (W3, W7) whose trigger changes its UUID: base UUID plus a number, for seconds; a cut strap is told so.

Written after the maker's demo of its library (kkmhogen/KBeaconProDemo_Android, README 4.3.4.1) and its packets
(kkmhogen/android_kbeaconlib2, KBAdvPacketIBeacon and KBAdvPacketSystem). Two slots:

    iBeacon         UUID + n    0 nothing, 3 long press, 4 press, 5 double, 6 triple press, 7 the strap was cut
    53 0A  22 MM BB AAAAAAAAAAAA FFFF    model, battery %, address, firmware; now and then
"""

from __future__ import annotations

import uuid
from typing import Literal

from fake_devices.bands.beacons import ibeacon
from fake_devices.bands.broadcaster import Broadcaster
from fake_devices.ble_link import advertising_data
from fake_devices.ble_link.air import Air

COMPANY, SYSTEM, MODEL, FIRMWARE = 0x0A53, 0x22, 0x07, b"\x05\x20"
Press = Literal["long_press", "press", "double_press", "triple_press"]
TRIGGERS: dict[Press, int] = {"long_press": 3, "press": 4, "double_press": 5, "triple_press": 6}
STRAP_CUT = 7

EVENT_FRAMES, EVENT_EVERY_S = 50, 0.2  # ten seconds, as it comes from the factory


class KBeacon(Broadcaster):
    """Switched on by `async with`. `base` is the key to enrol: its own UUID, 16 bytes."""

    def __init__(self, air: Air, address: str, *, base: bytes, alive_every_s: float = 2.0) -> None:
        super().__init__(air, address, alive_every_s, self.tells_it_is_alive)
        self.battery_percent = 88
        self._base = int.from_bytes(base)

    # --- verbs

    def presses(self, how: Press = "press", frames: int = EVENT_FRAMES) -> None:
        """Somebody presses the key."""
        self._triggers(TRIGGERS[how], frames)

    def strap_is_cut(self, frames: int = EVENT_FRAMES) -> None:
        """Somebody cuts the strap, or it tears."""
        self._triggers(STRAP_CUT, frames)

    def tells_it_is_alive(self) -> None:
        """Both slots; the first shows the event while there is one."""
        if not self.insisting:
            self.sends(self._beacon(0))
        address = bytes.fromhex(self.address.replace(":", ""))
        system = bytes([SYSTEM, MODEL, self.battery_percent]) + address + FIRMWARE
        self.sends(advertising_data.build(manufacturer_data={COMPANY: system}))

    # --- parts

    def _triggers(self, number: int, frames: int) -> None:
        self.insists(self._beacon(number), frames, EVENT_EVERY_S)

    def _beacon(self, number: int) -> bytes:
        return ibeacon(uuid.UUID(int=self._base + number), 12, 10)
