"""The scanner with bleak on a stand-in for bluetoothd: each press heard, and scanning goes on whatever becomes of BlueZ."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from drivers.advertisements import bthome
from drivers.driver import Advertisement
from drivers.framing import ad_structures
from fake_devices.bands.pendant import Pendant
from fake_devices.ble_link.advertising_data import build
from gateway.clock import SystemClock
from gateway.sources.ble.adapters import Adapters
from gateway.sources.ble.bluez import Heard, Radio, forget_links
from gateway.sources.ble.bluez_watch import BluezWatch
from gateway.sources.ble.carried import Carried
from gateway.sources.ble.scanning import BleScanner
from tests.bluez import names
from tests.bluez.bands import room_heard_by
from tests.bluez.fake_bluez import FakeBluez
from tests.bluez.private_bus import PrivateBus
from tests.gateway.sources.recorder import Recorder, eventually, running

PENDANT, SECRET_PENDANT, STRANGER = "C0:FF:EE:00:00:03", "C0:FF:EE:00:00:04", "F0:0D:00:00:00:99"
KEY = bytes(range(16))
ALIVE = build(service_data={0xFCD2: bytes.fromhex("40 0001 015a")})


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


class Stage:
    """A scanner on hci0 that is told of BlueZ, and what it sighted."""

    def __init__(self, recorder: Recorder, adapter: str = "hci0", longest_pause_s: float = 0.1) -> None:
        self.sighted: list[Heard] = []
        self.adapters = Adapters([adapter])
        self.watch = BluezWatch(self.adapters, forget_links)
        self.scanner = BleScanner(
            adapter,
            self.adapters,
            recorder,
            Radio(),
            SystemClock(),
            enrolled={PENDANT, SECRET_PENDANT}.__contains__,
            sighted=self.sighted.append,
            linked=self.sighted.append,
            silence_s=0.5,
            longest_pause_s=longest_pause_s,
            busy_pause_s=0.1,
        )

    async def becomes(self, state: str) -> None:
        await eventually(lambda: self.scanner.state == state)

    @asynccontextmanager
    async def on(self) -> AsyncIterator[None]:
        async with running(self.watch.run(), self.scanner.run()):
            await self.becomes("scanning")
            yield


def events(heard: list[Advertisement], address: str, key: bytes | None = None) -> set[object]:
    """The numbers of the presses that were heard of a pendant."""
    decoded = [bthome.DRIVER.decode(one, key) for one in heard if one.address == address]
    return {measured.event for each in decoded for measured in each.measurements if measured.kind == "button"}


async def test_every_press_of_plain_and_encrypted_pendants_and_of_strangers_is_heard(
    bluez: FakeBluez, recorder: Recorder
) -> None:
    stage = Stage(recorder)
    air = room_heard_by(bluez)
    plain, secret, stranger = (
        Pendant(air, PENDANT, alive_every_s=0.3),
        Pendant(air, SECRET_PENDANT, key=KEY, alive_every_s=0.3),
        Pendant(air, STRANGER, alive_every_s=0),
    )

    async with stage.on(), plain, secret, stranger:
        for pendant in (plain, secret, stranger, plain):
            pendant.presses(frames=3)
            pressed, key = pendant.packet_id, KEY if pendant is secret else None
            await recorder.until(lambda: pressed in events(recorder.advertisements, pendant.address, key))  # noqa: B023

    assert len(events(recorder.advertisements, PENDANT)) == 2
    assert {heard.address for heard in stage.sighted} == {PENDANT, SECRET_PENDANT}, "a stranger is nobody's band"
    assert recorder.advertisements[-1].address_type == "random"


async def test_the_same_frame_again_is_told_again(bluez: FakeBluez, recorder: Recorder) -> None:
    """A second press may look like the first one: what makes them two is the silence between them."""
    stage = Stage(recorder)

    async with stage.on():
        for rssi in (-60, -60, -61):
            bluez.advertise(PENDANT, ALIVE, rssi)
        await recorder.until(lambda: len(recorder.advertisements) == 3)

    assert [one.rssi for one in recorder.advertisements] == [-60, -60, -61]
    assert len({one.data for one in recorder.advertisements}) == 1


async def test_what_a_device_said_earlier_is_not_told_again_with_what_it_says_now(bluez: FakeBluez, recorder: Recorder) -> None:
    """BlueZ keeps the data of each service until it is asked for repeats: a press would go on for ever."""
    stage = Stage(recorder)
    other = build(service_data={0xFEAA: b"\x20\x00"})

    async with stage.on():
        bluez.advertise(PENDANT, ALIVE)
        bluez.advertise(PENDANT, other)
        await recorder.until(lambda: len(recorder.advertisements) == 2)

    assert [kind for kind, _ in ad_structures(recorder.advertisements[1].data)] == [0x16]
    assert recorder.advertisements[1].data in other


@pytest.mark.parametrize("what", ["bluetoothd restarted", "bluetoothd killed", "switched off and on", "pulled out and back"])
@pytest.mark.fault("ports and radio", "every way in which bluetoothd can end a scan", promise="scanning goes on")
async def test_scanning_goes_on_after(what: str, bluez: FakeBluez, recorder: Recorder) -> None:
    stage = Stage(recorder)

    async with stage.on(), running(advertise_for_ever(bluez)):
        await recorder.until(lambda: recorder.advertisements)
        match what:
            case "bluetoothd restarted":
                await bluez.restart()
            case "bluetoothd killed":
                await bluez.crash()
                await bluez.start()
            case "switched off and on":
                bluez.power(on=False)
                bluez.power(on=True)
            case "pulled out and back":
                bluez.remove_adapter()
                await stage.becomes("absent")
                bluez.add_adapter()
        await bluez.settled()
        before = len(recorder.advertisements)
        await recorder.until(lambda: len(recorder.advertisements) > before + 3)

    assert stage.scanner.state == "scanning"


@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("busy", names.IN_PROGRESS),
        ("powered off", names.NOT_READY),
        ("no permission", "org.freedesktop.DBus.Error.AccessDenied"),
        ("failed", names.FAILED),
    ],
)
async def test_a_scan_that_bluez_refuses_is_tried_again_and_told_by_a_word(
    word: str, error: str, bluez: FakeBluez, recorder: Recorder
) -> None:
    stage = Stage(recorder)
    bluez.fails("StartDiscovery", error, times=3)

    async with running(stage.watch.run(), stage.scanner.run()):
        await stage.becomes(word)
        await stage.becomes("scanning")


@pytest.mark.fault("ports and radio", "the kernel scans on for a bluetoothd that was killed", promise="no try waits long")
async def test_what_a_killed_bluetoothd_left_of_a_scan_is_waited_for_by_short_steps(
    bluez: FakeBluez, recorder: Recorder
) -> None:
    """The kernel goes on for up to 10 s, and refuses any other scan: with pauses that double the band is heard 8 s late."""
    stage = Stage(recorder, longest_pause_s=60)

    async with stage.on(), running(advertise_for_ever(bluez)):
        await bluez.crash()
        bluez.fails("StartDiscovery", names.IN_PROGRESS, times=8)
        await bluez.start()
        await stage.becomes("busy")
        await stage.becomes("scanning")


@pytest.mark.fault("ports and radio", "no D-Bus, no bluetoothd", promise="it waits for them")
async def test_without_a_bus_and_without_bluetoothd_it_waits_for_them(private_bus: PrivateBus, recorder: Recorder) -> None:
    stage = Stage(recorder)
    private_bus.kill()

    async with running(stage.watch.run(), stage.scanner.run()):
        await stage.becomes("no D-Bus")
        private_bus.start()
        await stage.becomes("no bluetoothd")
        async with FakeBluez(private_bus.address):
            await stage.becomes("scanning")


async def test_a_radio_that_hears_nobody_is_silent_until_it_hears_somebody(bluez: FakeBluez, recorder: Recorder) -> None:
    stage = Stage(recorder)
    bluez.silent = True

    async with stage.on(), running(advertise_for_ever(bluez)):
        await stage.becomes("silent")
        bluez.silent = False
        await stage.becomes("scanning")


async def test_an_adapter_is_found_by_its_address_under_whatever_name(bluez: FakeBluez, recorder: Recorder) -> None:
    bluez.add_adapter("hci1", "00:1A:7D:DA:71:02")
    stage = Stage(recorder, "00:1a:7d:da:71:02")

    async with stage.on():
        assert list(bluez.adapter("hci0").discovering) == []
        assert len(bluez.adapter("hci1").discovering) == 1


async def test_a_property_taken_away_is_no_sign_of_life(bluez: FakeBluez, recorder: Recorder) -> None:
    """BlueZ takes the signal strength back when a scan ends, and bleak calls that an advertisement of -127 dBm."""
    stage = Stage(recorder)

    async with stage.on():
        bluez.advertise(PENDANT, ALIVE)
        await recorder.until(lambda: recorder.advertisements)
        bluez.power(on=False)
        await stage.becomes("powered off")

    assert len(recorder.advertisements) == 1


@pytest.mark.fault("ports and radio", "a flood of foreign devices on the air", promise="no frame of a band is dropped")
async def test_a_flood_of_unregistered_devices_drops_no_bands_frame(bluez: FakeBluez, recorder: Recorder) -> None:
    stage = Stage(recorder)
    recorder.open.clear()

    async with stage.on():
        for number in range(700):
            bluez.advertise(f"F0:0D:00:00:{number >> 8:02X}:{number & 255:02X}", ALIVE)
            if number % 10 == 0:
                bluez.advertise(PENDANT, ALIVE)
                await bluez.settled()
        await eventually(lambda: len(stage.sighted) == 70)
        recorder.open.set()
        await recorder.until(lambda: sum(one.address == PENDANT for one in recorder.advertisements) == 70)

    assert stage.scanner.queue.dropped == 0


async def advertise_for_ever(bluez: FakeBluez) -> None:
    while True:
        bluez.advertise(PENDANT, ALIVE)
        await asyncio.sleep(0.05)


async def test_what_was_heard_before_the_scan_is_stopped_is_handed_over(recorder: Recorder) -> None:
    recorder.open.clear()
    scanner = Stage(recorder).scanner
    async with asyncio.TaskGroup() as tasks:
        handing_over = tasks.create_task(scanner.queue.hand_over(recorder))
        for minute in range(5):
            data = AdvertisementData(None, {0xFFFF: bytes([minute])}, {}, [], None, -60, ())
            heard = Heard("hci0", BLEDevice(PENDANT, None, None), data, Carried(True, False, False))
            scanner.queue.put(heard, enrolled=True)
        await eventually(lambda: recorder.handed_over == 1)

        handing_over.cancel()

    assert [frame.data[-1] for frame in recorder.advertisements] == [0, 1, 2, 3, 4]
