"""A Da Fit watch (moyoung), as MT863, Colmi i28 Ultra or MOY-TG38: it is connected to and told what to do.

Written after Gadgetbridge (devices/moyoung/MoyoungConstants.java) and jphein/moyoung-watch (docs/PROTOCOL.md). Command and
answer are frames, cut into pieces without a mark:

    FE EA  b LL  cmd  payload    LL bytes in all; b: 10 in old firmware, 20 (and the high byte of the length) in new
    31 u32 08      clock: the Unix time at which a clock in UTC+8 shows the local time, big endian
    6D 00 | FF     pulse: start, stop -> 6D bpm             6B 00 | FF  oxygen -> 6B %
    69 00 | FF x3  pressure -> 69 00 systolic diastolic     1F n        measure the pulse every 5 n minutes; 0: not
    61             find the watch: it buzzes three times    41 tt text  show a text
    35 n           a quarter of a day of pulses, one in five minutes -> 35 n, 72 bytes; n / 4 days ago
    62 00          pushed: find my phone                    51 power off, 63 firmware: there is no way back from either
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, time, timedelta, timezone
from typing import Literal

from bumble import gatt

from fake_devices.bands.band import (
    BATTERY_SERVICE,
    DEVICE_INFORMATION_SERVICE,
    BandProfile,
    Property,
    characteristic,
    service,
)
from fake_devices.bands.makers_band import MakersBand
from fake_devices.bands.slow_radio import Manners
from fake_devices.ble_link.air import Air

SERVICE, COMMANDS, ANSWERS, STEPS = 0xFEEA, 0xFEE2, 0xFEE3, 0xFEE1
MANUFACTURER_NAME = 0x2A29
MAGIC, HEAD = b"\xfe\xea", 5
Firmware = Literal["MOYOUNG", "MOYOUNG-V2"]  # as Manufacturer Name tells it
THIRD_BYTE: dict[Firmware, int] = {"MOYOUNG": 0x10, "MOYOUNG-V2": 0x20}
ITS_ZONE = timezone(timedelta(hours=8))

PULSE, OXYGEN, PRESSURE = 0x6D, 0x6B, 0x69
FIND_PHONE, STORED = 0x62, 0x35
FOR_EVER = (0x51, 0x63)  # switched off, waiting for firmware
KINDS = {PULSE: "heart_rate", OXYGEN: "oxygen_saturation", PRESSURE: "blood_pressure"}
TAKES_S = {"heart_rate": 15.0, "oxygen_saturation": 20.0, "blood_pressure": 25.0}  # up to 30, as they say
QUARTER_H, SLOT_MIN = 6, 5


class MoyoungWatch(MakersBand):
    """`shown`: the texts that it was told to show. `dead`: it was switched off, and nothing brings it back."""

    def __init__(
        self,
        air: Air,
        address: str,
        *,
        firmware: Firmware = "MOYOUNG-V2",
        takes_s: Mapping[str, float] = TAKES_S,
        manners: Manners | None = None,
    ) -> None:
        takes_commands = gatt.CharacteristicValue(write=self.hears)
        self._answers = characteristic(ANSWERS, Property.NOTIFY, b"")
        profile = BandProfile(
            [SERVICE],
            [
                service(
                    SERVICE,
                    characteristic(COMMANDS, Property.WRITE_WITHOUT_RESPONSE, takes_commands),
                    self._answers,
                    characteristic(STEPS, Property.READ | Property.NOTIFY, bytes(9)),
                ),
                service(DEVICE_INFORMATION_SERVICE, characteristic(MANUFACTURER_NAME, Property.READ, firmware.encode())),
            ],
            "MT863",
            standard=(BATTERY_SERVICE,),
        )
        super().__init__(air, address, profile, obeys=self._takes_piece, takes_s=takes_s, manners=manners)
        self.shown: list[str] = []
        self.dead = False
        self._third_byte = THIRD_BYTE[firmware]
        self._begun = b""

    # --- verbs

    async def looks_for_its_phone(self) -> None:
        """The wearer taps "find my phone"."""
        await self._answer(FIND_PHONE, b"\0")

    # --- commands

    async def _takes_piece(self, piece: bytes) -> None:
        """Joins pieces; what does not begin as a frame of its kind is thrown away."""
        self._begun += piece
        if not self._begun.startswith(MAGIC + bytes([self._third_byte])):
            self._begun = b""
        while len(self._begun) >= HEAD and len(self._begun) >= self._begun[3]:
            command, self._begun = self._begun[: self._begun[3]], self._begun[self._begun[3] :]
            if not self.dead:
                await self._obeys_command(command[4], command[5:])

    async def _obeys_command(self, command: int, payload: bytes) -> None:
        match command:
            case 0x31:
                shown = datetime.fromtimestamp(int.from_bytes(payload[:4]), ITS_ZONE)
                self.clock_is_set(shown.replace(tzinfo=None))
            case 0x1F:
                self.measures_every(payload[0] * SLOT_MIN)
            case 0x61:
                self.vibrations.append(1)
            case 0x41:
                self.shown.append(payload[1:].decode())
            case 0x35:
                await self._answer(STORED, payload[:1] + self._pulses(payload[0]))
            case _ if command in KINDS:
                self._measures_or_stops(command, begins=payload[0] == 0)
            case _ if command in FOR_EVER:
                self.dead = True
                await self.drops_the_link()

    def _measures_or_stops(self, command: int, *, begins: bool) -> None:
        if begins:
            self.measures(self._measures(command))
        else:
            self.stops_measuring()

    async def _measures(self, command: int) -> None:
        await asyncio.sleep(self.takes_s[KINDS[command]])
        await self._answer(command, self._felt(command))

    def _felt(self, command: int) -> bytes:
        if self.body is None:
            return b"\xff" * (3 if command == PRESSURE else 1)
        if command == PRESSURE:
            return bytes([0, self.body.systolic_mmhg, self.body.diastolic_mmhg])
        return bytes([self.body.heart_rate_bpm if command == PULSE else self.body.oxygen_saturation_percent])

    def _pulses(self, packet: int) -> bytes:
        """A quarter of a day, a place every five minutes."""
        days_ago, quarter = divmod(packet, 24 // QUARTER_H)
        midnight = datetime.combine(self.now().date(), time()) - timedelta(days=days_ago)
        begins = midnight + timedelta(hours=quarter * QUARTER_H)
        places = bytearray(QUARTER_H * 60 // SLOT_MIN)
        for kept in self.kept:
            place = (kept.at - begins) // timedelta(minutes=SLOT_MIN)
            if 0 <= place < len(places):
                places[place] = kept.body.heart_rate_bpm
        return bytes(places)

    async def _answer(self, command: int, payload: bytes) -> None:
        size = len(payload) + HEAD
        await self.says(self._answers, MAGIC + bytes([self._third_byte, size, command]) + payload)
