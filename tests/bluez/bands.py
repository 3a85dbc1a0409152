"""Bands for the stand-in of bluetoothd: a strap that streams, a cuff that is there for seconds, pendants only heard."""

from __future__ import annotations

import asyncio
import struct

from fake_devices.ble_link.advertising_data import Advert, build, long_uuid
from fake_devices.ble_link.air import Air
from tests.bluez.fake_bluez import FakeBluez
from tests.bluez.room import Characteristic, Device

HEART_RATE_SERVICE, HEART_RATE = 0x180D, 0x2A37
BLOOD_PRESSURE_SERVICE, BLOOD_PRESSURE = 0x1810, 0x2A35
BATTERY_SERVICE, BATTERY = 0x180F, 0x2A19
ALERT_SERVICE, ALERT_LEVEL = 0x1802, 0x2A06

CONTACT = 0x06  # flags of 2A37: contact can be told, and is there
PULSE = 0x04  # flags of 2A35: the pulse is there
CUFF_SHOWS_ITSELF_S = 20.0


class Strap:
    """Measures `bpm` every so often: told to who has subscribed; it advertises while nobody is connected."""

    def __init__(self, bluez: FakeBluez, address: str, every_s: float = 1.0) -> None:
        self.bpm = 72
        self.said = 0  # how often
        self._bluez = bluez
        self._every_s = every_s
        self.device = bluez.add_device(
            Device(
                address,
                {
                    long_uuid(HEART_RATE_SERVICE): [Characteristic(long_uuid(HEART_RATE), ["notify"])],
                    long_uuid(BATTERY_SERVICE): [Characteristic(long_uuid(BATTERY), ["read"], bytes([80]))],
                    long_uuid(ALERT_SERVICE): [Characteristic(long_uuid(ALERT_LEVEL), ["write-without-response"])],
                },
            )
        )

    @property
    def alerts(self) -> list[bytes]:
        """What was written to make it vibrate."""
        return self.device.characteristic(long_uuid(ALERT_LEVEL)).written

    async def run(self) -> None:
        """Is worn."""
        advertisement = build(f"Strap {self.device.address[-2:]}", services=[HEART_RATE_SERVICE])
        while True:
            self.said += 1
            if self.device.connected:
                self._bluez.notify(self.device.address, long_uuid(HEART_RATE), bytes([CONTACT, self.bpm]))
            else:
                self._bluez.advertise(self.device.address, advertisement)
            await asyncio.sleep(self._every_s)


class Cuff:
    """After a measurement it advertises for a while, hands the result to who subscribes, and hangs up."""

    def __init__(self, bluez: FakeBluez, address: str) -> None:
        self._bluez = bluez
        pressure = Characteristic(long_uuid(BLOOD_PRESSURE), ["indicate"])
        self.device = bluez.add_device(Device(address, {long_uuid(BLOOD_PRESSURE_SERVICE): [pressure]}))

    async def measures(self, systolic: int, diastolic: int, pulse: int, *, times: int = 1) -> bool:
        """Whether somebody fetched it; `times`: so many of them are in its memory."""
        advertisement = build(f"Cuff {self.device.address[-2:]}", services=[BLOOD_PRESSURE_SERVICE])
        mean = diastolic + (systolic - diastolic) // 3
        value = struct.pack("<BHHHH", PULSE, systolic, diastolic, mean, pulse)
        for _ in range(round(CUFF_SHOWS_ITSELF_S / 0.1)):
            self._bluez.advertise(self.device.address, advertisement)
            if self._bluez.notify(self.device.address, long_uuid(BLOOD_PRESSURE), value):
                for _ in range(times - 1):
                    self._bluez.notify(self.device.address, long_uuid(BLOOD_PRESSURE), value)
                self._bluez.drop(self.device.address)
                return True
            await asyncio.sleep(0.1)
        return False


def room_heard_by(bluez: FakeBluez) -> Air:
    """An air for the virtual bands that only advertise (pendants): everything in it is heard by this bluetoothd."""

    def hear(advert: Advert) -> None:
        bluez.advertise(advert.address, advert.data + advert.scan_response, advert.rssi)

    air = Air()
    air.listen(hear)
    return air
