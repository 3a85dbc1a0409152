"""All of Bluetooth, at its own pace, on a stand-in for bluetoothd: a hiccup costs seconds, and adapters come and go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from drivers.advertisements import bthome
from drivers.driver import Driver
from drivers.standard.profiles import DRIVERS
from fake_devices.ble_link.advertising_data import build
from gateway.clock import SystemClock
from gateway.driver_bugs import DriverFaults
from gateway.readings import Enrolment
from gateway.roster import Roster
from gateway.sources.ble.bluetooth import Bluetooth
from gateway.sources.ble.scanning import SILENCE_S, BleScanner
from gateway.sources.ble.schedule import REST_S
from tests.bluez.bands import Strap
from tests.bluez.fake_bluez import FakeBluez
from tests.bluez.private_bus import PrivateBus
from tests.gateway.sources.recorder import Recorder, eventually, running

AT_ONCE_S = SILENCE_S / 3  # on however busy a machine; what nobody tells of is noticed by silence only

STRAP, PENDANT = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:03"
FIRST, SECOND = "00:1A:7D:DA:71:01", "00:1A:7D:DA:71:02"
ALIVE = build(service_data={0xFCD2: bytes.fromhex("40 0001 015a")})
BANDS = {
    address: Enrolment(address=address, driver=driver, wearer="W-001")
    for address, driver in ((STRAP, "ble-heart-rate"), (PENDANT, "bthome"))
}


class Stage:
    """Bluetooth with these adapters configured, a strap that streams and a pendant that lives."""

    def __init__(self, bluez: FakeBluez, *adapters: str) -> None:
        self.bluez = bluez
        self.recorder = Recorder()
        self.strap = Strap(bluez, STRAP, every_s=0.1)
        everyone: list[Driver] = [*DRIVERS, bthome.DRIVER]
        drivers = {driver.name: driver for driver in everyone}
        self.bluetooth = Bluetooth(adapters, Roster(drivers, BANDS), self.recorder, SystemClock(), lambda: None, DriverFaults())

    @property
    def states(self) -> dict[str, str]:
        return {name: scanner.state for name, scanner in self.bluetooth.scanners.items()}

    @asynccontextmanager
    async def on(self) -> AsyncIterator[None]:
        async with running(self.bluetooth.run(), self.strap.run(), self._advertise()):
            await self.all_scan()
            yield

    async def all_scan(self) -> None:
        await eventually(lambda: set(self.states.values()) == {"scanning"})

    async def _advertise(self) -> None:
        while True:
            self.bluez.advertise(PENDANT, ALIVE)
            await asyncio.sleep(0.05)

    async def pendant_is_heard(self, within_s: float = AT_ONCE_S) -> None:
        before = len(self.recorder.advertisements)
        await self.recorder.until(lambda: len(self.recorder.advertisements) > before, within_s)

    async def strap_is_heard(self, within_s: float = 3 * AT_ONCE_S) -> None:
        before = len(self.recorder.reports)
        await self.recorder.until(lambda: len(self.recorder.reports) > before, within_s)


async def killed(bluez: FakeBluez, bus: PrivateBus) -> None:
    await bluez.crash()


async def stopped(bluez: FakeBluez, bus: PrivateBus) -> None:
    await bluez.stop()


async def switched_off(bluez: FakeBluez, bus: PrivateBus) -> None:
    bluez.power(on=False)


async def pulled_out(bluez: FakeBluez, bus: PrivateBus) -> None:
    bluez.remove_adapter()


async def without_bus(bluez: FakeBluez, bus: PrivateBus) -> None:
    bus.kill()
    await bluez.crash()


async def started(bluez: FakeBluez, bus: PrivateBus) -> None:
    await bluez.start()


async def switched_on(bluez: FakeBluez, bus: PrivateBus) -> None:
    bluez.power(on=True)


async def put_back(bluez: FakeBluez, bus: PrivateBus) -> None:
    bluez.add_adapter()


async def with_bus(bluez: FakeBluez, bus: PrivateBus) -> None:
    bus.start()
    await bluez.start()


Deed = Callable[[FakeBluez, PrivateBus], Awaitable[None]]


@pytest.mark.parametrize(
    ("fault", "state", "end"),
    [
        pytest.param(killed, "no bluetoothd", started, id="bluetoothd killed"),
        pytest.param(stopped, "no bluetoothd", started, id="bluetoothd restarted"),
        pytest.param(switched_off, "powered off", switched_on, id="adapter switched off and on"),
        pytest.param(pulled_out, "absent", put_back, id="adapter pulled out and put back"),
        pytest.param(without_bus, "no D-Bus", with_bus, id="D-Bus restarted"),
    ],
)
async def test_a_hiccup_is_told_at_once_and_over_when_it_is_over(
    fault: Deed, state: str, end: Deed, bluez: FakeBluez, private_bus: PrivateBus
) -> None:
    stage = Stage(bluez, "hci0")

    with capture_logs() as logs:
        async with stage.on():
            await stage.strap_is_heard()
            await fault(bluez, private_bus)
            await eventually(lambda: stage.states == {"hci0": state}, within_s=AT_ONCE_S)
            await end(bluez, private_bus)
            await stage.pendant_is_heard()
            assert stage.states == {"hci0": "scanning"}
            await stage.strap_is_heard()

    gaps = [one["deaf_s"] for one in logs if one["event"] == "adapter scans"]
    assert len(gaps) == 2
    assert 0 <= gaps[1] < SILENCE_S


async def test_a_scan_that_bluez_lets_go_is_begun_anew_at_once(bluez: FakeBluez) -> None:
    stage = Stage(bluez, "hci0")

    async with stage.on():
        await stage.pendant_is_heard()
        bluez.end_scans()
        await stage.pendant_is_heard()


@pytest.mark.parametrize("configured", [("hci0",), (FIRST,), ()], ids=["by name", "by address", "all"])
@pytest.mark.fault("ports and radio", "an adapter comes back under another name", promise="it is used")
async def test_an_adapter_that_comes_back_under_another_name_is_used(configured: tuple[str, ...], bluez: FakeBluez) -> None:
    stage = Stage(bluez, *configured)

    async with stage.on():
        bluez.remove_adapter("hci0")
        await eventually(lambda: set(stage.states.values()) == {"absent"}, within_s=AT_ONCE_S)
        bluez.add_adapter("hci1", FIRST)
        await stage.pendant_is_heard()
        await stage.strap_is_heard()

    assert set(stage.states) == {configured[0] if configured else FIRST}


async def test_an_adapter_that_is_plugged_in_later_is_used_and_one_that_is_lost_is_not_forgotten(bluez: FakeBluez) -> None:
    stage = Stage(bluez)

    async with stage.on():
        bluez.add_adapter("hci1", SECOND)
        await eventually(lambda: bluez.adapter("hci1").discovering, within_s=AT_ONCE_S)
        bluez.remove_adapter("hci0")
        await eventually(lambda: stage.states == {FIRST: "absent", SECOND: "scanning"}, within_s=AT_ONCE_S)
        await stage.pendant_is_heard()


async def test_an_adapter_that_is_plugged_in_after_the_start_is_used(bluez: FakeBluez) -> None:
    bluez.remove_adapter()
    stage = Stage(bluez)

    async with running(stage.bluetooth.run()):
        await eventually(lambda: stage.states == {"default": "absent"})
        waiting = stage.bluetooth.scanners["default"].tried
        bluez.add_adapter("hci3", SECOND)
        await eventually(lambda: stage.states == {SECOND: "scanning"}, within_s=AT_ONCE_S)

    assert waiting.is_set()


@pytest.mark.fault("ports and radio", "kill -9 leaves a radio link behind", promise="its band is heard again")
async def test_a_strap_whose_link_a_killed_gateway_left_behind_is_heard_again(bluez: FakeBluez) -> None:
    """BlueZ keeps the link, the strap does not advertise, and streams to nobody."""
    stage = Stage(bluez, "hci0")
    bluez.left_connected(stage.strap.device)

    async with stage.on():
        assert stage.strap.device.connected
        await stage.strap_is_heard()


@pytest.mark.fault(
    "ports and radio", "bluetoothd is killed with links that stood", promise="nothing is asked of a link that is gone"
)
async def test_links_that_went_with_a_killed_bluetoothd_are_taken_for_gone(bluez: FakeBluez) -> None:
    """Nobody tells bleak of them: it would take a strap that is silent for connected, and be refused what it asks."""
    stage = Stage(bluez, "hci0")
    stage.strap = Strap(bluez, STRAP, every_s=3 * REST_S)

    async with stage.on():
        await stage.strap_is_heard()
        with capture_logs() as logs:
            await bluez.crash()
            await bluez.start()
            await stage.strap_is_heard()

    assert [line["why"] for line in logs if line["event"] == "band refuses: pair it again"] == []


async def test_an_adapter_that_nobody_configured_is_left_alone(bluez: FakeBluez) -> None:
    stage = Stage(bluez, "hci0")

    async with stage.on():
        bluez.add_adapter("hci1", SECOND)
        await bluez.settled()
        await stage.pendant_is_heard()

    assert not bluez.adapter("hci1").discovering
    assert stage.states == {"hci0": "scanning"}


@pytest.mark.parametrize("experimental", [True, False])
async def test_an_adapter_that_filters_by_address_is_asked_for_repeats_where_it_can_be(
    experimental: bool, bluez: FakeBluez
) -> None:
    """Twelve presses, each another frame: with a monitor registered all are heard, else only what the first word was."""
    bluez.experimental = experimental
    bluez.adapter().filters_by_address = True
    await bluez.restart()
    stage = Stage(bluez, "hci0")

    async with running(stage.bluetooth.run()):
        await stage.all_scan()
        scanner = stage.bluetooth.scanners["hci0"]
        assert isinstance(scanner, BleScanner)
        await eventually(lambda: scanner.repeats == experimental)
        for number in range(12):
            bluez.advertise(PENDANT, build(service_data={0xFCD2: bytes([0x40, 0, number, 0x3A, 1])}))
        await bluez.settled()
        await stage.recorder.until(lambda: len(stage.recorder.advertisements) == (12 if experimental else 1))

    if experimental:
        asked = [bluez.calls.index(call) for call in ("RegisterMonitor", "StartDiscovery")]
        assert asked == sorted(asked), "a scan that was begun before goes on filtering, for up to 10 s"
    assert not bluez.adapter().monitors, "it is given back"


async def test_a_pairing_agent_is_there_as_long_as_bluetooth_is_on(bluez: FakeBluez) -> None:
    stage = Stage(bluez, "hci0")

    async with stage.on():
        await eventually(lambda: bluez.pairing.agents)
    await eventually(lambda: not bluez.pairing.agents)
