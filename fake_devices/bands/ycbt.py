"""A SmartHealth watch (ycbt), as sold under many names: E66, TK5, R99. It is connected to and told what to do.

Written after the notes on a TK5 and an E66 (saksham2001/PulseLoopiOS tasks/ycbt-protocol.md; Geilen and Maas, "E66 smartwatch
protocol", 2021), frames in `ycbt_frames.py`. It punishes what real ones punish: only indications are sent; a push that nobody
acknowledges is repeated; stored records are followed by others only once they were acknowledged; some commands erase them,
or end the link; the oxygen is the last sample before it says that it is done, and the one before that is wrong. What becomes of
an SOS while nobody is connected is not known of real ones: this one forgets it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from bumble import gatt
from bumble.device import Connection

from fake_devices.bands import ycbt_frames as frames
from fake_devices.bands.band import BandProfile, Property, characteristic, service
from fake_devices.bands.makers_band import MakersBand
from fake_devices.bands.slow_radio import Manners
from fake_devices.bands.strap import HEART_RATE_MEASUREMENT, HEART_RATE_SERVICE
from fake_devices.bands.ycbt_frames import CONTROL, GET, LIVE, PUSH, SETTINGS, STORED
from fake_devices.ble_link.air import Air
from fake_devices.person import VitalSigns

SERVICE = "be940000-7333-be46-b7ae-689e71722bd5"
COMMANDS = "be940001-7333-be46-b7ae-689e71722bd5"
VALUES = "be940003-7333-be46-b7ae-689e71722bd5"
WECHAT_SERVICE = 0xFEE7
COMPANY, IN_ADVERTISEMENT = 0x7810, b"\x00\x01"
CACHED_PULSE = b"\x00\x57"  # what the TK5 shows as standard heart rate, even off the finger

# How long measuring took as seen on a TK5; of a temperature nobody has told.
TAKES_S = {"heart_rate": 19.0, "blood_pressure": 12.0, "oxygen_saturation": 38.0, "body_temperature": 20.0}
MODES = {0: "heart_rate", 1: "blood_pressure", 2: "oxygen_saturation", 4: "body_temperature"}
AUTOMATIC = {0x0C: "heart_rate", 0x1C: "blood_pressure", 0x20: "body_temperature", 0x26: "oxygen_saturation"}
LEAST_MIN = 30
FIND_PHONE, SOS, RESULT, VALUE = 0x00, 0x05, 0x0E, 0x13  # keys of group 04
STEPS, WORN = 0x00, 0x13  # of group 06
DONE, FAILED = 1, 2
SETTLING_PERCENT = 3  # how far its first sample of the oxygen is below the last one, which is the right one
CHUNK = 70  # bytes of records in a frame; the captured ones have up to 70
PUSHED_TIMES, PUSHED_EVERY_S = 5, 3.0
FIRMWARE = b"\x20\x02"
ABILITIES = ((0, 0), (0, 3), (0, 6), (0, 7), (1, 3), (6, 4), (8, 0), (15, 1), (15, 2), (15, 3))  # byte and bit


class YcbtWatch(MakersBand):
    """`automatic`: kind -> minutes, as it was told. `last_pulse` is what it echoes when the next measurement of it begins.

    `unacknowledged` are the keys of pushes that it repeats; `erased`: somebody has made it forget its records.
    """

    def __init__(
        self, air: Air, address: str, *, takes_s: Mapping[str, float] = TAKES_S, manners: Manners | None = None
    ) -> None:
        takes_commands = gatt.CharacteristicValue(write=self.hears)
        self._answers = characteristic(COMMANDS, Property.WRITE | Property.INDICATE, takes_commands)
        self._values = characteristic(VALUES, Property.INDICATE, b"")
        self._heart_rate = characteristic(HEART_RATE_MEASUREMENT, Property.NOTIFY, b"")
        self._heart_rate.on(gatt.Characteristic.EVENT_SUBSCRIPTION, self._on_heart_rate)
        profile = BandProfile(
            [HEART_RATE_SERVICE, WECHAT_SERVICE],
            [service(SERVICE, self._answers, self._values), service(HEART_RATE_SERVICE, self._heart_rate)],
            "E66",
            name=f"E66 {address[-5:].replace(':', '')}",
            manufacturer_data={COMPANY: IN_ADVERTISEMENT},
            standard=(),
        )
        super().__init__(air, address, profile, obeys=self._obeys_command, takes_s=takes_s, manners=manners)
        self.automatic: dict[str, int] = {}
        self.last_pulse = 0
        self.unacknowledged: dict[int, asyncio.Event] = {}
        self.erased = False
        self._mode: int | None = None
        self._records_taken = True

    # --- verbs

    def presses(self) -> None:
        """The wearer holds the SOS key."""
        self._pushes(SOS, b"\x01")

    def looks_for_its_phone(self) -> None:
        """The wearer taps "find my phone"."""
        self._pushes(FIND_PHONE, b"")

    async def is_taken_off(self) -> None:
        """It feels no skin any more, and says so."""
        self.body = None
        await self._lives(WORN, frames.seconds(self.now()) + b"\0")

    async def is_put_on(self, body: VitalSigns) -> None:
        """It feels this body, and says that it is worn."""
        self.body = body
        await self._lives(WORN, frames.seconds(self.now()) + b"\1")

    async def has_counted(self, steps: int) -> None:
        """It tells the steps of the day."""
        await self._lives(STEPS, frames.words(steps, steps * 2 // 3, steps // 25))

    # --- commands

    async def _obeys_command(self, command: bytes) -> None:
        group, key, payload, fault = frames.read(command)
        if fault:
            await self._replies(group, key, bytes([fault]))
        elif group == PUSH:
            self._is_acknowledged(key)
        elif group == STORED:
            await self._obeys_about_records(key)
        elif (group, key) == (CONTROL, 0x2F):
            await self._obeys_about_measuring(*payload)
        else:
            await self._replies(group, key, self._reply(group, key, payload))

    def _reply(self, group: int, key: int, payload: bytes) -> bytes:
        match group, key:
            case frames.SETTINGS, 0x00:
                self.clock_is_set(frames.local_time(payload))
                return b"\0"
            case frames.SETTINGS, _ if key in AUTOMATIC:
                return self._is_set_automatic(AUTOMATIC[key], *payload)
            case frames.GET, 0x00:
                return b"\x78\x20" + FIRMWARE + b"\0" + bytes([self.battery_percent]) + b"\0\0"
            case frames.GET, 0x01:
                return frames.bits(ABILITIES, 24)
            case frames.GET, 0x1B:
                self.works(self.drops_the_link())
                return b""
            case frames.CONTROL, 0x00:
                self.vibrations.append(1)
                return b"\0"
        return bytes([frames.UNKNOWN_KEY if group in (SETTINGS, GET, CONTROL) else frames.UNKNOWN_COMMAND])

    def _is_set_automatic(self, kind: str, on: int, minutes: int) -> bytes:
        if minutes < LEAST_MIN:
            return bytes([frames.BAD_DATA])
        self.automatic[kind] = minutes if on else 0
        self.measures_every(min(filter(None, self.automatic.values()), default=0))
        return b"\0"

    # --- measuring

    async def _obeys_about_measuring(self, on: int, mode: int) -> None:
        if on:
            refused = mode not in MODES or self.is_measuring
            await self._replies(CONTROL, 0x2F, bytes([refused]))
            if not refused:
                self._mode = mode
                self.measures(self._measures(mode))
            return
        if mode == self._mode and self.stops_measuring():  # a stop with another mode stops nothing
            self._pushes(RESULT, bytes([mode, DONE]))
        await self._replies(CONTROL, 0x2F, b"\0")

    async def _measures(self, mode: int) -> None:
        if mode == 0:
            await self._lives(0x01, b"\0")  # warming up
            await self._lives(0x01, bytes([self.last_pulse]))  # an echo
        await asyncio.sleep(self.takes_s[MODES[mode]])
        if self.body is None:
            self._pushes(RESULT, bytes([mode, FAILED]))
        elif mode == 2:
            await self._lives(0x02, bytes([self.body.oxygen_saturation_percent - SETTLING_PERCENT]))
            await self._tells(mode, self.body)
            self._pushes(RESULT, bytes([mode, DONE]))
            return
        while self.body is not None:
            await self._tells(mode, self.body)
            await asyncio.sleep(1.0)

    async def _tells(self, mode: int, body: VitalSigns) -> None:
        match mode:
            case 0:
                self.last_pulse = body.heart_rate_bpm
                await self._lives(0x01, bytes([body.heart_rate_bpm]))
            case 1:
                vitals = bytes([body.systolic_mmhg, body.diastolic_mmhg, body.heart_rate_bpm])
                await self._lives(0x03, vitals.ljust(14, b"\0"))
            case 2:
                await self._lives(0x02, bytes([body.oxygen_saturation_percent]))
            case 4:
                self._pushes(VALUE, bytes([mode, 0]) + frames.celsius(body.body_temperature_c))

    # --- records

    async def _obeys_about_records(self, key: int) -> None:
        if key == 0x80:
            self._records_taken = True
        elif 0x40 <= key <= 0x4E:
            self.kept.clear()
            self.erased = True
            await self._replies(STORED, key, b"\0")
        elif key not in frames.TABLES:
            await self._replies(STORED, key, bytes([frames.UNKNOWN_KEY]))
        elif self._records_taken:
            await self._sends_records(key)

    async def _sends_records(self, query: int) -> None:
        records = [frames.record(query, kept.at, kept.body) for kept in self.kept]
        data = b"".join(records)
        if not data:
            await self._tells_value(frames.frame(STORED, query, b"\0"))
            return
        chunks = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]
        self._records_taken = False
        await self._tells_value(frames.frame(STORED, query, frames.header(len(records), len(chunks), len(data))))
        for chunk in chunks:
            await self._tells_value(frames.frame(STORED, frames.TABLES[query], chunk))
        await self._tells_value(frames.frame(STORED, 0x80, frames.end(len(chunks), data)))

    # --- frames

    async def _replies(self, group: int, key: int, payload: bytes) -> None:
        await self.says(self._answers, frames.frame(group, key, payload))

    async def _lives(self, key: int, payload: bytes) -> None:
        await self._tells_value(frames.frame(LIVE, key, payload))

    async def _tells_value(self, frame: bytes) -> None:
        await self.says(self._values, frame)

    def _pushes(self, key: int, payload: bytes) -> None:
        if self.link is not None:
            self.works(self._pushes_until_acknowledged(key, payload), during=self.link)

    async def _pushes_until_acknowledged(self, key: int, payload: bytes) -> None:
        acknowledged = self.unacknowledged[key] = asyncio.Event()
        for _ in range(PUSHED_TIMES):
            await self._replies(PUSH, key, payload)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PUSHED_EVERY_S):
                    await acknowledged.wait()
                    return

    def _is_acknowledged(self, key: int) -> None:
        if key in self.unacknowledged:
            self.unacknowledged.pop(key).set()

    # --- the standard service that it shows beside

    def _on_heart_rate(self, connection: Connection, notify: bool, _indicate: bool) -> None:
        if notify:
            self.works(self._shows_its_cached_pulse(connection), during=connection)

    async def _shows_its_cached_pulse(self, connection: Connection) -> None:
        while True:
            await self.device.notify_subscriber(connection, self._heart_rate, CACHED_PULSE)
            await asyncio.sleep(1.0)
