"""A pendant with a key that speaks BTHome version 2, plain or encrypted: it is only heard, nobody connects to it.

A press is sent tens of times for seconds, always with the same packet id, so that one of the frames is heard; in between
the pendant tells now and then that it is alive. Frame and cipher: the BTHome format pages (bthome.io/format, /encryption).

    D2 FC  ii  00 packet id  01 battery %  3A key                     ii: 44, sent on events; 40, regular
    D2 FC  ii  the same, encrypted   CCCCCCCC counter   MMMM check    ii with bit 0
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from types import TracebackType
from typing import Literal, Self

from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from fake_devices.ble_link import advertising_data
from fake_devices.ble_link.advertising_data import Advert
from fake_devices.ble_link.air import Air

SERVICE = 0xFCD2
VERSION_2, ON_EVENT, ENCRYPTED = 0x40, 0x04, 0x01
PACKET_ID, BATTERY, BUTTON = 0x00, 0x01, 0x3A
KEYS = {"press": 1, "double_press": 2, "triple_press": 3, "long_press": 4, "hold": 0x80}
Press = Literal["press", "double_press", "triple_press", "long_press", "hold"]
CHECK_BYTES = 4

PRESS_FRAMES, PRESS_EVERY_S = 30, 0.1
ADVERTISING_DELAY_S = 0.010  # random, added to every interval (Core Specification, Vol 6, Part B, 4.4.2.2)


class Pendant:
    """Switched on by `async with`. `alive_every_s`: how often it tells its battery; 0: silent until it is pressed."""

    def __init__(self, air: Air, address: str, *, key: bytes | None = None, alive_every_s: float = 8.0) -> None:
        self.air = air
        self.address = address
        self.battery_percent = 90
        self.packet_id = 0
        self.counter = 0  # of the cipher; it rises with each new content
        self._cipher = AESCCM(key, tag_length=CHECK_BYTES) if key else None
        self._press = b""
        self._frames_left = 0
        self._alive_every_s = alive_every_s
        self._timers: dict[str, asyncio.TimerHandle] = {}

    async def __aenter__(self) -> Self:
        if self._alive_every_s:
            self._later(self.air.random.random() * self._alive_every_s, self.tells_it_is_alive)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.battery_is_empty()

    # --- verbs

    def presses(self, how: Press = "press", frames: int = PRESS_FRAMES) -> None:
        """Somebody presses the key: one event, many frames. A new press ends the frames of the last."""
        self._press = self._frame(ON_EVENT, bytes([BUTTON, KEYS[how]]))
        self._frames_left = frames
        self._tells_of_the_press()

    def tells_it_is_alive(self) -> None:
        """A regular frame: battery, no key. It waits while a press is told, for counters never go back."""
        if self._frames_left == 0:
            self._send(self._frame(0, b""))
        if self._alive_every_s:
            self._later(self._alive_every_s, self.tells_it_is_alive)

    def walks_away(self) -> None:
        """Out of range."""
        self.air.lose(self.address)

    def comes_back(self) -> None:
        """Back in range."""
        self.air.find_again(self.address)

    def battery_is_empty(self) -> None:
        """Silent from now on."""
        for timer in self._timers.values():
            timer.cancel()

    def gets_a_new_battery(self) -> None:
        """It begins to count anew."""
        self.packet_id = self.counter = 0
        self.battery_percent = 100

    # --- parts

    def _frame(self, event: int, key: bytes) -> bytes:
        self.packet_id = (self.packet_id + 1) & 0xFF
        objects = bytes([PACKET_ID, self.packet_id, BATTERY, self.battery_percent]) + key
        if self._cipher is None:
            return bytes([VERSION_2 | event]) + objects
        return self._encrypted(bytes([VERSION_2 | event | ENCRYPTED]), objects, self._cipher)

    def _encrypted(self, info: bytes, objects: bytes, cipher: AESCCM) -> bytes:
        self.counter += 1
        counter = struct.pack("<I", self.counter)
        nonce = bytes.fromhex(self.address.replace(":", "")) + struct.pack("<H", SERVICE) + info + counter
        sealed = cipher.encrypt(nonce, objects, None)
        return info + sealed[:-CHECK_BYTES] + counter + sealed[-CHECK_BYTES:]

    def _tells_of_the_press(self) -> None:
        self._send(self._press)
        self._frames_left -= 1
        if self._frames_left:
            self._later(PRESS_EVERY_S, self._tells_of_the_press)

    def _send(self, frame: bytes) -> None:
        data = advertising_data.build(service_data={SERVICE: frame})
        self.air.advertise(Advert(self.address, data, rssi=self.air.strength_dbm(self.address)))

    def _later(self, delay_s: float, what: Callable[[], None]) -> None:
        if what.__name__ in self._timers:
            self._timers[what.__name__].cancel()
        delay_s += self.air.random.random() * ADVERTISING_DELAY_S
        self._timers[what.__name__] = asyncio.get_running_loop().call_later(delay_s, what)
