"""A virtual band that is connected to: what all such bands have in common, whatever they measure.

A band has verbs for stories (`walks_away`, `comes_back`, `drops_the_link`, `falls_deaf`) and keeps what it was told
(`vibrations`, `clock_set`). How it behaves is its `Manners`, so that any band may be slow, deaf or fickle.

A band of a maker has few or none of the standard services: its `BandProfile` says which.
"""

from __future__ import annotations

import asyncio
import random
import struct
from collections.abc import Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from bumble import core, gatt, hci
from bumble.device import Connection, Device
from bumble.host import Host
from bumble.pairing import PairingConfig
from bumble.transport.common import AsyncPipeSink

from fake_devices.bands.slow_radio import Manners, SlowRadio
from fake_devices.ble_link import advertising_data
from fake_devices.ble_link.air import Air

# Assigned Numbers, 3.4 and 3.8
BATTERY_SERVICE, BATTERY_LEVEL = 0x180F, 0x2A19
CURRENT_TIME_SERVICE, CURRENT_TIME = 0x1805, 0x2A2B
IMMEDIATE_ALERT_SERVICE, ALERT_LEVEL = 0x1802, 0x2A06
DEVICE_INFORMATION_SERVICE, MODEL_NUMBER = 0x180A, 0x2A24
STANDARD = (BATTERY_SERVICE, CURRENT_TIME_SERVICE, IMMEDIATE_ALERT_SERVICE, DEVICE_INFORMATION_SERVICE)

HERE = ZoneInfo("Asia/Shanghai")  # where its wearer lives

READABLE = gatt.Characteristic.Permissions.READABLE
WRITEABLE = gatt.Characteristic.Permissions.WRITEABLE
ENCRYPTED = gatt.Characteristic.Permissions.READ_REQUIRES_ENCRYPTION
WRITE_ENCRYPTED = gatt.Characteristic.Permissions.WRITE_REQUIRES_ENCRYPTION
Property = gatt.Characteristic.Properties


@dataclass(frozen=True)
class BandProfile:
    """What one kind of band is: the services it shows in its advertisement, and those it has.

    `name`: as it advertises it, where that is not model and address. `standard`: which of those that most bands have it has.
    """

    advertises: Sequence[int]
    services: Sequence[gatt.Service]
    model: str
    name: str = ""
    manufacturer_data: Mapping[int, bytes] = field(default_factory=dict)
    standard: Collection[int] = STANDARD


class Band:
    """Switched on by `async with`, switched off by leaving. `visible`: it advertises from the start, not only when told."""

    def __init__(
        self,
        air: Air,
        address: str,
        profile: BandProfile,
        *,
        visible: bool = True,
        interval_s: float = 0.5,
        manners: Manners | None = None,
    ) -> None:
        self.air = air
        self.address = address
        self.name = profile.name or f"{profile.model} {address[-2:]}"
        self.interval_s = interval_s
        self.manners = manners or Manners()
        self.battery_percent = 80
        self.vibrations: list[int] = []  # alert levels as they were written: 1 mild, 2 high
        self.clock_error = timedelta()  # how far its own clock is wrong
        self.clock_set = 0  # how often somebody set it
        self.connections = 0  # how often somebody came
        self._profile = profile
        self._visible = visible
        self._random = random.Random(address)
        self._jobs = asyncio.TaskGroup()
        self._running: set[asyncio.Task[None]] = set()
        self._radio = SlowRadio(self.name, air, self.manners)
        self.device = Device(self.name, hci.Address(address), host=Host(self._radio, AsyncPipeSink(self._radio)))
        self.device.pairing_config_factory = lambda _connection: PairingConfig(sc=True, mitm=False, bonding=True)
        self._battery = characteristic(BATTERY_LEVEL, Property.READ | Property.NOTIFY, self._read_battery())
        self.device.add_services([*profile.services, *self._standard_services()])
        self.device.on(Device.EVENT_CONNECTION, self._on_connection)

    async def __aenter__(self) -> Self:
        await self._jobs.__aenter__()
        await self.device.power_on()
        if self._visible:
            await self.shows_itself()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._running:
            task.cancel()
        await self.drops_the_link()
        await self.hides()
        await self.device.power_off()
        self.air.remove_controller(self._radio)
        if kind is asyncio.CancelledError:
            await self._jobs.__aexit__(kind, error, trace)  # it may be the group itself that cancels: a job has failed
        else:
            await self._jobs.__aexit__(None, None, None)  # an error of the story goes up as it is, in no group

    # --- verbs

    async def shows_itself(self) -> None:
        """Advertises from now on, again after each connection."""
        await self.device.start_advertising(
            auto_restart=True,
            advertising_data=advertising_data.build(
                services=self._profile.advertises, manufacturer_data=self._profile.manufacturer_data
            ),
            scan_response_data=advertising_data.build(self.name, flags=None),
            advertising_interval_min=self.interval_s * 1000,
            advertising_interval_max=self.interval_s * 1000,
        )

    async def hides(self) -> None:
        """Advertises no more."""
        await self.device.stop_advertising()

    async def drops_the_link(self) -> None:
        """Ends every connection from the band's side."""
        for connection in tuple(self.device.connections.values()):
            await connection.disconnect()

    def walks_away(self) -> None:
        """Out of range: silent at once, disconnected when the supervision timeout is over."""
        self.air.lose(self.address)

    def comes_back(self) -> None:
        """Back in range."""
        self.air.find_again(self.address)

    def falls_deaf(self) -> None:
        """Its firmware hangs: the link stays up, nothing is answered."""
        self.manners.deaf = True

    def now(self) -> datetime:
        """What its own clock shows: local time, without a zone, as a display does."""
        return datetime.now(HERE).replace(tzinfo=None) + self.clock_error

    # --- for the kinds of bands

    def clock_is_set(self, to: datetime) -> None:
        """Somebody has set its clock."""
        self.clock_error += to - self.now()
        self.clock_set += 1

    def works(self, job: Coroutine[None, None, None], during: Connection | None = None) -> asyncio.Task[None]:
        """Does something beside, until it is switched off, or as long as this connection stands."""
        task = self._jobs.create_task(job, name=self.name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        if during is not None:
            during.on(during.EVENT_DISCONNECTION, lambda _reason: task.cancel())
        return task

    # --- parts

    def _on_connection(self, connection: Connection) -> None:
        self.connections += 1
        if self.manners.drops_after_s is not None:
            delay_s = self._random.expovariate(1 / self.manners.drops_after_s)
            self.works(self._drops_later(connection, delay_s), during=connection)

    async def _drops_later(self, connection: Connection, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        await connection.disconnect()

    def _read_battery(self) -> gatt.CharacteristicValue[bytes]:
        return gatt.CharacteristicValue(lambda _connection: bytes([self.battery_percent]))

    def _standard_services(self) -> list[gatt.Service]:
        time = gatt.CharacteristicValue(lambda _connection: current_time(self.now()), self._set_clock)
        alert = gatt.CharacteristicValue(write=lambda _connection, value: self.vibrations.extend(value[:1]))
        model = characteristic(MODEL_NUMBER, Property.READ, self._profile.model.encode())
        services = {
            BATTERY_SERVICE: self._battery,
            CURRENT_TIME_SERVICE: characteristic(CURRENT_TIME, Property.READ | Property.WRITE, time),
            IMMEDIATE_ALERT_SERVICE: characteristic(ALERT_LEVEL, Property.WRITE_WITHOUT_RESPONSE, alert),
            DEVICE_INFORMATION_SERVICE: model,
        }
        return [service(number, services[number]) for number in self._profile.standard]

    def _set_clock(self, _connection: Connection, value: bytes) -> None:
        self.clock_is_set(datetime(*struct.unpack("<HBBBBB", value[:7])))  # noqa: DTZ001 (a band knows no zone)


def date_time(at: datetime) -> bytes:
    """A Date Time of seven bytes (GATT Specification Supplement, Date Time)."""
    return struct.pack("<HBBBBB", at.year, at.month, at.day, at.hour, at.minute, at.second)


def current_time(at: datetime) -> bytes:
    """A Current Time of ten bytes: date, weekday from Monday 1, fraction of 1/256 s, reason of the last setting."""
    return date_time(at) + bytes([at.isoweekday(), at.microsecond * 256 // 1_000_000, 0])


def characteristic(
    number: int | str,
    how: Property,
    value: gatt.CharacteristicValue[bytes] | bytes,
    permissions: gatt.Characteristic.Permissions = READABLE | WRITEABLE,
) -> gatt.Characteristic[bytes]:
    """A characteristic of a 16-bit UUID, or of one that is spelled out."""
    return gatt.Characteristic(core.UUID(number), how, permissions, value)


def service(number: int | str, *characteristics: gatt.Characteristic[bytes]) -> gatt.Service:
    """A service of a 16-bit UUID, or of one that is spelled out."""
    return gatt.Service(core.UUID(number), list(characteristics))
