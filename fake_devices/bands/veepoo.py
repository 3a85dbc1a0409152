"""An H Band watch (veepoo), as V07S, S226 or TK20: it is connected to, wants its session opened, and is told what to do.

Written after a client of the TK20 (a fork of PulseLoopiOS, docs/hardware/veepoo.md) and a capture of the app H Band with an
S226 ("S226 / Veepoo protocol notes", 2026). The first byte says what a frame is; no checksum. It punishes what real ones
punish: who reads before the session is open loses the link; everything but the opening meets silence, and after ten seconds
the watch hangs up; it is busy while a day of its records waits to be fetched, and forgets a day when it has been sent.

    A1 000000 YYYY MM DD hh mm ss tail     year big endian. Tail 01 00 D8 00 (TK20), or 01 01 04 and zeros to 20 bytes (S226)
    A0 -> A0 .. .. .. pp                   D8 -> D8 .. steps u32, metres u32, kcal x 10 u32, little endian
    D0 01 -> D0 bb, once a second          80 01 02 -> 80 01 00 00 oo 00
    90 01 00 -> 90 ss dd pp 00 01, four a second, at pp = 100 with the pressure
    DF 01 nn -> of each record DF rrrr 01 fields, DF rrrr 02 fields; at the end DF FF FF
        B1 04 month day hour minute    B4 05 pulses    B8 02 pressure    B9 07 oxygens, and two more    B2, B7 not measured
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from bumble import gatt
from bumble.device import Connection, Device

from fake_devices.bands.band import DEVICE_INFORMATION_SERVICE, MODEL_NUMBER, BandProfile, Property, characteristic, service
from fake_devices.bands.makers_band import MakersBand, StoredMeasurement
from fake_devices.bands.slow_radio import Manners
from fake_devices.ble_link.air import Air
from fake_devices.person import VitalSigns

SERVICE, OTHER_SERVICE = "f0080001-0451-4000-b000-000000000000", "f0020001-0451-4000-b000-000000000000"
ANSWERS, OTHER_ANSWERS = "f0080002-0451-4000-b000-000000000000", "f0020002-0451-4000-b000-000000000000"
COMMANDS = "f0080003-0451-4000-b000-000000000000"
WECHAT_SERVICE, LIVE_STEPS = 0xFEE7, 0xFEA1
COMPANY = 0xF8F8

SESSION, BATTERY, STEPS, PULSE, PRESSURE, OXYGEN, STORED = 0xA1, 0xA0, 0xD8, 0xD0, 0x90, 0x80, 0xDF
TAILS = {"short": bytes.fromhex("0100d800"), "long": bytes.fromhex("010104000000000000")}
TAKES_S = {"heart_rate": 4.0, "blood_pressure": 25.0, "oxygen_saturation": 10.0}  # of a pressure as seen
HANGS_UP_AFTER_S = 10.0
STREAM_S = 20  # after so many pulses the stream ends by itself
PROGRESS_EVERY_S = 0.25


class VeepooWatch(MakersBand):
    """`tail`: the opening that it takes. `steps` of the day."""

    def __init__(
        self,
        air: Air,
        address: str,
        *,
        tail: Literal["short", "long"] = "short",
        takes_s: Mapping[str, float] = TAKES_S,
        manners: Manners | None = None,
    ) -> None:
        takes_commands = gatt.CharacteristicValue(write=self.hears)
        model = gatt.CharacteristicValue(self._is_read)
        self._answers = characteristic(ANSWERS, Property.NOTIFY, b"")
        self._live_steps = characteristic(LIVE_STEPS, Property.NOTIFY, b"")
        profile = BandProfile(
            [WECHAT_SERVICE],
            [
                service(SERVICE, self._answers, characteristic(COMMANDS, Property.WRITE_WITHOUT_RESPONSE, takes_commands)),
                service(OTHER_SERVICE, characteristic(OTHER_ANSWERS, Property.NOTIFY, b"")),
                service(WECHAT_SERVICE, self._live_steps),
                service(DEVICE_INFORMATION_SERVICE, characteristic(MODEL_NUMBER, Property.READ, model)),
            ],
            "S226",
            manufacturer_data={COMPANY: bytes.fromhex(address.replace(":", ""))[::-1]},
            standard=(),
        )
        super().__init__(air, address, profile, obeys=self._obeys_command, takes_s=takes_s, manners=manners)
        self.steps = 0
        self._tail = TAILS[tail]
        self._open = False
        self.device.on(Device.EVENT_CONNECTION, self._on_visitor)

    # --- verbs

    async def has_counted(self, steps: int) -> None:
        """It tells the steps of the day to who listens."""
        self.steps = steps
        if self.link is not None:
            await self.device.notify_subscriber(self.link, self._live_steps, struct.pack("<BH", 1, steps))

    # --- the session

    def _on_visitor(self, connection: Connection) -> None:
        self._open = False
        self.works(self._hangs_up_unless_open(), during=connection)

    async def _hangs_up_unless_open(self) -> None:
        await asyncio.sleep(HANGS_UP_AFTER_S)
        if not self._open:
            await self.drops_the_link()

    def _is_read(self, _connection: Connection) -> bytes:
        if not self._open:
            self.works(self.drops_the_link())
        return b"S226"

    async def _opens(self, command: bytes) -> None:
        if command[11:] == self._tail:
            self.clock_is_set(datetime(*struct.unpack(">HBBBBB", command[4:11])))  # noqa: DTZ001 (a band knows no zone)
            self._open = True
            await self._answer(bytes([SESSION, 0, 0, 6]) + bytes(14) + b"\0\1")

    # --- commands

    async def _obeys_command(self, command: bytes) -> None:
        if command[0] == SESSION:
            await self._opens(command)
        elif self._open:
            await self._obeys_in_session(command)

    async def _obeys_in_session(self, command: bytes) -> None:
        match command[0]:
            case 0xA0:
                await self._answer(bytes([BATTERY, 1, 0, 0, self.battery_percent]))
            case 0xD8:
                counted = struct.pack("<III", self.steps, self.steps * 2 // 3, self.steps * 10 // 25)
                await self._answer(bytes([STEPS, 0]) + counted)
            case 0xDF:
                await self._sends_day(days_ago=command[2])
            case 0xD0 | 0x90 | 0x80:
                self._measures_or_stops(command[0], begins=command[1] == 1)

    def _measures_or_stops(self, opcode: int, *, begins: bool) -> None:
        if not begins:
            self.stops_measuring()
        elif not self.kept:  # else it is busy
            measuring = {PULSE: self._measures_pulse, PRESSURE: self._measures_pressure, OXYGEN: self._measures_oxygen}
            self.measures(measuring[opcode]())

    async def _measures_pulse(self) -> None:
        for second in range(round(self.takes_s["heart_rate"]) + STREAM_S):
            warm = second >= self.takes_s["heart_rate"] and self.body is not None
            await self._answer(bytes([PULSE, self.body.heart_rate_bpm if self.body and warm else 0]))
            await asyncio.sleep(1.0)

    async def _measures_pressure(self) -> None:
        parts = max(1, round(self.takes_s["blood_pressure"] / PROGRESS_EVERY_S))
        for part in range(parts):
            await self._answer(bytes([PRESSURE, 0, 0, part * 100 // parts, 0, 1]))
            await asyncio.sleep(PROGRESS_EVERY_S)
        pressure = (self.body.systolic_mmhg, self.body.diastolic_mmhg) if self.body else (0, 0)
        await self._answer(bytes([PRESSURE, *pressure, 100, 0, 1]))

    async def _measures_oxygen(self) -> None:
        await self._answer(bytes([OXYGEN, 1, 0, 0, 0, 0]))
        await asyncio.sleep(self.takes_s["oxygen_saturation"])
        while self.body is not None:
            await self._answer(bytes([OXYGEN, 1, 0, 0, self.body.oxygen_saturation_percent, 0]))
            await asyncio.sleep(1.0)

    # --- records

    async def _sends_day(self, days_ago: int) -> None:
        today = self.now().date()
        of_day = [kept for kept in self.kept if (today - kept.at.date()).days == days_ago]
        for number, kept in enumerate(of_day, 1):
            for part, fields in enumerate(_fields(kept), 1):
                await self._answer(struct.pack(">BHB", STORED, number, part) + fields)
        await self._answer(bytes([STORED, 0xFF, 0xFF]).ljust(20, b"\0"))
        for kept in of_day:
            self.kept.remove(kept)

    async def _answer(self, frame: bytes) -> None:
        """In one notification, however long."""
        if self.link is not None:
            await self.device.notify_subscriber(self.link, self._answers, frame)


def _fields(kept: StoredMeasurement) -> tuple[bytes, bytes]:
    """The two parts of a record: five minutes from a time on, a value a minute."""
    at, body = kept.at, kept.body
    time = bytes([0xB1, 4, at.month, at.day, at.hour, at.minute]) + b"\xb2\x0a" + bytes(10)
    pulses = bytes([0xB4, 5, *_each_minute(body, body.heart_rate_bpm)])
    pressure = bytes([0xB8, 2, body.systolic_mmhg, body.diastolic_mmhg])
    oxygens = bytes([0xB9, 7, *[body.oxygen_saturation_percent] * 5, 0x64, 0xFF])
    return time, pulses + b"\xb7\x04\x2c\x5b\x6d\xff" + pressure + oxygens


def _each_minute(body: VitalSigns, pulse: int) -> list[int]:
    """Somebody who moves has a pulse that wanders."""
    return [pulse + round(body.activity * wander) for wander in (0, 3, 5, 2, -2)]
