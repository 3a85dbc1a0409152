"""What the tests of relays share: Bluetooth without an adapter, a relay on the loopback, and bands in its reach."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from drivers.advertisements import bthome
from drivers.driver import Driver
from drivers.standard.profiles import DRIVERS
from fake_devices.ble_link.adapter import opened_adapter
from fake_devices.ble_link.air import Air
from fake_devices.free_port import free_port
from fake_devices.relay import KEY, FakeRelay
from gateway.clock import SystemClock
from gateway.driver_bugs import DriverFaults
from gateway.readings import Enrolment
from gateway.roster import Roster
from gateway.settings.configuration import RelaySettings
from gateway.sources.ble.bluetooth import Bluetooth
from gateway.sources.ble.relays.relay import Relay
from tests.gateway.sources.recorder import Recorder, eventually, running

NAME = "house-3"
STRAP, PENDANT = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:03"
BANDS = {
    address: Enrolment(address=address, driver=driver, wearer="W-001")
    for address, driver in ((STRAP, "ble-heart-rate"), (PENDANT, "bthome"))
}


class Stage:
    """Bluetooth with one relay configured. `air`: what is in the relay's reach."""

    def __init__(self, tmp_path: Path, air: Air, relay: FakeRelay, *, key: str = KEY, host: str = "127.0.0.1") -> None:
        self.air, self.proxy = air, relay
        self.recorder = Recorder()
        psk = tmp_path / "relay.psk"
        psk.touch(0o600)
        psk.write_text(f"{key}\n")
        self.settings = RelaySettings(host=host, port=relay.port or free_port(), psk_file=psk, name=NAME)
        everyone: list[Driver] = [*DRIVERS, bthome.DRIVER]
        self.roster = Roster({driver.name: driver for driver in everyone}, BANDS)
        self.bluetooth = Bluetooth(None, self.roster, self.recorder, SystemClock(), lambda: None, DriverFaults())
        self.bluetooth.use([self.settings])

    @property
    def relay(self) -> Relay:
        """The gateway's side of it."""
        relay = self.bluetooth.scanners[NAME]
        assert isinstance(relay, Relay)
        return relay

    @asynccontextmanager
    async def on(self) -> AsyncIterator[None]:
        """The gateway runs."""
        async with running(self.bluetooth.run()):
            yield

    async def hears(self) -> None:
        """Waits until the relay listens for it."""
        await eventually(lambda: self.relay.state == "scanning" and self.proxy.is_listened_to)

    def values(self, kind: str) -> list[object]:
        """What the strap told, in order."""
        return [one.value for _, _, decoded in self.recorder.reports for one in decoded.measurements if one.kind == kind]


@asynccontextmanager
async def stage(tmp_path: Path, *, key: str = KEY, name: str = NAME) -> AsyncIterator[Stage]:
    """A relay that is on, and a gateway that is not yet."""
    air = Air()
    async with opened_adapter(air) as adapter, FakeRelay(adapter, name) as relay:
        yield Stage(tmp_path, air, relay, key=key)
