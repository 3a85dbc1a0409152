"""The gateway's own Bluetooth on the virtual link: what a fake says goes through bleak, the sources and the real driver."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeVar

from bleak import BleakClient
from bleak.backends.device import BLEDevice

from drivers import DRIVERS
from drivers.measurement import Measurement, Value
from fake_devices.bands.band import HERE, Band
from fake_devices.ble_link.adapter import opened_adapter
from fake_devices.ble_link.air import Air
from fake_devices.ble_link.backends import backends
from fake_devices.patience import HANGS_S
from gateway.clock import SystemClock
from gateway.driver_bugs import DriverFaults
from gateway.readings import Enrolment
from gateway.roster import Roster
from gateway.sources.ble.backends import Backends
from gateway.sources.ble.bluetooth import Bluetooth
from gateway.sources.receiver import Receiver
from tests.gateway.sources.recorder import Recorder, running

BAND = "C0:FF:EE:00:00:21"


B = TypeVar("B", bound=Band)


def noticed_soon(band: B) -> B:
    """The same band, advertising so often that a test need not wait for it."""
    band.interval_s = 0.03
    return band


@asynccontextmanager
async def gateway_hears(
    air: Air, receiver: Receiver, driver: str, key: bytes | None = None, address: str = BAND
) -> AsyncIterator[Bluetooth]:
    """The gateway is on, and the band enrolled with this driver."""
    async with opened_adapter(air) as adapter:
        enrolment = Enrolment(address=address, driver=driver, wearer="W-001", key=key)
        bluetooth = Bluetooth(
            [adapter.name],
            Roster({one.name: one for one in DRIVERS}, {address: enrolment}),
            receiver,
            SystemClock(),
            lambda: datetime.now(HERE).isoformat(timespec="seconds"),
            DriverFaults(),
            backends=Backends(*backends(adapter)),
        )
        async with running(bluetooth.run()):
            yield bluetooth


@asynccontextmanager
async def connected(air: Air) -> AsyncIterator[BleakClient]:
    """Somebody is connected to the band who does not know its ways."""
    async with (
        opened_adapter(air) as adapter,
        BleakClient(BLEDevice(BAND, None, None), backend=backends(adapter).client) as client,
    ):
        yield client


class Told:
    """What the gateway was told by a band, through a connection."""

    def __init__(self) -> None:
        self.recorder = Recorder()

    @property
    def measurements(self) -> list[Measurement]:
        """All, in order."""
        return [one for _, _, decoded in self.recorder.reports for one in decoded.measurements]

    def values(self, kind: str, *, history: bool = False) -> list[Value]:
        """The values of a kind: those measured now, or those that the band had kept."""
        return [one.value for one in self.measurements if one.kind == kind and one.history == history]

    @property
    def refusals(self) -> list[str]:
        """Why frames were refused."""
        return [refusal.reason for _, _, decoded in self.recorder.reports for refusal in decoded.refusals]

    async def until(self, *kinds: str, history: bool = False, within_s: float = HANGS_S) -> None:
        """Returns when there is a value of each of these kinds."""
        await self.recorder.until(lambda: all(self.values(kind, history=history) for kind in kinds), within_s)
