"""A pendant with a key that speaks BTHome version 2, plain or encrypted.

A press is sent tens of times for seconds, always with the same packet id; in between the pendant tells now and then that
it is alive. Frame and cipher: the BTHome format pages (bthome.io/format, /encryption).

    D2 FC  ii  00 packet id  01 battery %  3A key                     ii: 44, sent on events; 40, regular
    D2 FC  ii  the same, encrypted   CCCCCCCC counter   MMMM check    ii with bit 0
"""

from __future__ import annotations

import struct
from typing import Literal

from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from fake_devices.bands.broadcaster import Broadcaster
from fake_devices.ble_link import advertising_data
from fake_devices.ble_link.air import Air

SERVICE = 0xFCD2
VERSION_2, ON_EVENT, ENCRYPTED = 0x40, 0x04, 0x01
PACKET_ID, BATTERY, BUTTON = 0x00, 0x01, 0x3A
KEYS = {"press": 1, "double_press": 2, "triple_press": 3, "long_press": 4, "hold": 0x80}
Press = Literal["press", "double_press", "triple_press", "long_press", "hold"]
CHECK_BYTES = 4

PRESS_FRAMES, PRESS_EVERY_S = 30, 0.1


class Pendant(Broadcaster):
    """Switched on by `async with`. `alive_every_s`: how often it tells its battery; 0: silent until it is pressed."""

    def __init__(self, air: Air, address: str, *, key: bytes | None = None, alive_every_s: float = 8.0) -> None:
        super().__init__(air, address, alive_every_s, self.tells_it_is_alive)
        self.battery_percent = 90
        self.packet_id = 0
        self.counter = 0  # of the cipher; it rises with each new content
        self._cipher = AESCCM(key, tag_length=CHECK_BYTES) if key else None

    # --- verbs

    def presses(self, how: Press = "press", frames: int = PRESS_FRAMES) -> None:
        """Somebody presses the key: one event, many frames."""
        self.insists(self._frame(ON_EVENT, bytes([BUTTON, KEYS[how]])), frames, PRESS_EVERY_S)

    def tells_it_is_alive(self) -> None:
        """A regular frame: battery, no key. There is none while a press is told, for counters never go back."""
        if not self.insisting:
            self.sends(self._frame(0, b""))

    # --- parts

    def _frame(self, event: int, key: bytes) -> bytes:
        self.packet_id = (self.packet_id + 1) & 0xFF
        info = bytes([VERSION_2 | event | (ENCRYPTED if self._cipher else 0)])
        objects = bytes([PACKET_ID, self.packet_id, BATTERY, self.battery_percent]) + key
        told = self._encrypted(info, objects, self._cipher) if self._cipher else objects
        return advertising_data.build(service_data={SERVICE: info + told})

    def _encrypted(self, info: bytes, objects: bytes, cipher: AESCCM) -> bytes:
        self.counter += 1
        counter = struct.pack("<I", self.counter)
        nonce = bytes.fromhex(self.address.replace(":", "")) + struct.pack("<H", SERVICE) + info + counter
        sealed = cipher.encrypt(nonce, objects, None)
        return sealed[:-CHECK_BYTES] + counter + sealed[-CHECK_BYTES:]
