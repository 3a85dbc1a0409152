"""A ring of Viatom (O2Ring), on a finger or in its charger: it is asked, and answers in pieces.

Written after ecostech/viatom-ble and MackeyStingray/o2r. It takes no question whose check is wrong, and answers each:

    AA qq ~q bb bb LL LL data cc  ->  55 00 FF bb bb LL LL data cc     L u16 little endian; c CRC-8, polynomial 07
    17 -> oxygen, pulse u16, steps u32, battery, charging, motion, perfusion, worn, alarms     others -> 55 01 FE, no data
"""

from __future__ import annotations

import struct

from bumble import gatt

from fake_devices.bands.band import BandProfile, Property, characteristic, service
from fake_devices.bands.makers_band import MakersBand
from fake_devices.bands.slow_radio import Manners
from fake_devices.ble_link.air import Air

SERVICE = "14839ac4-7d7e-415c-9a42-167340cf2339"
QUESTIONS, ANSWERS = "8b00ace7-eb0b-49b0-bbe9-9aee0a26e1a3", "0734594a-a8e7-4b1a-a6b1-cd5243059a57"
QUESTION, ANSWER, LIVE = 0xAA, 0x55, 0x17
NO_OXYGEN, NO_PULSE = 0xFF, 0xFFFF
MOTION, PERFUSION = 5, 10


class O2Ring(MakersBand):
    """`charging`: it is in its charger. `body` None: it is on no finger."""

    def __init__(self, air: Air, address: str, *, manners: Manners | None = None) -> None:
        takes_questions = gatt.CharacteristicValue(write=self.hears)
        self._answers = characteristic(ANSWERS, Property.NOTIFY, b"")
        questions = characteristic(QUESTIONS, Property.WRITE | Property.WRITE_WITHOUT_RESPONSE, takes_questions)
        profile = BandProfile([], [service(SERVICE, questions, self._answers)], "O2Ring")
        super().__init__(air, address, profile, obeys=self._is_asked, takes_s={}, manners=manners)
        self.charging = False

    async def _is_asked(self, question: bytes) -> None:
        if question[:1] == bytes((QUESTION,)) and crc8(question) == 0:
            status, data = (0, self._live()) if question[1] == LIVE else (1, b"")
            await self.says(self._answers, answer(status, data))

    def _live(self) -> bytes:
        body = self.body
        oxygen, pulse = (body.oxygen_saturation_percent, body.heart_rate_bpm) if body else (NO_OXYGEN, NO_PULSE)
        state = (self.battery_percent, int(self.charging), MOTION, PERFUSION, int(body is not None), 0)
        return struct.pack("<BHI6B", oxygen, pulse, 0, *state)


def answer(status: int, data: bytes) -> bytes:
    """The bytes of an answer."""
    told = struct.pack("<BBBHH", ANSWER, status, status ^ 0xFF, 0, len(data)) + data
    return told + bytes((crc8(told),))


def crc8(data: bytes) -> int:
    """Bit by bit; 0 over all that has its check behind it."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ (0x07 if crc & 0x80 else 0)) & 0xFF
    return crc
