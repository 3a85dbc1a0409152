"""bleak's own scanner and client, against virtual bands on the virtual link."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakBluetoothNotAvailableError, BleakError, BleakGATTProtocolError

from fake_devices.bands.band import ALERT_LEVEL, BATTERY_LEVEL, CURRENT_TIME
from fake_devices.bands.cuff import BLOOD_PRESSURE_MEASUREMENT, BloodPressureCuff
from fake_devices.bands.pendant import KEYS, SERVICE, Pendant
from fake_devices.bands.slow_radio import Manners
from fake_devices.bands.strap import HEART_RATE_MEASUREMENT, HEART_RATE_SERVICE, HeartRateStrap
from fake_devices.bands.thermometer import TEMPERATURE_MEASUREMENT, Thermometer
from fake_devices.ble_link.adapter import Adapter, opened_adapter
from fake_devices.ble_link.advertising_data import build, long_uuid
from fake_devices.ble_link.air import Air
from fake_devices.ble_link.backends import BleakBackends, backends
from fake_devices.patience import HANGS_S

STRAP, CUFF, PENDANT = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02", "C0:FF:EE:00:00:03"
KEY = bytes(range(16))
Heard = tuple[BLEDevice, AdvertisementData]


@dataclass
class Room:
    """An air, an adapter, and bleak on it."""

    air: Air
    adapter: Adapter
    backends: BleakBackends

    def client(self, address: str, timeout: float = 10) -> BleakClient:
        return BleakClient(BLEDevice(address, None, None), timeout=timeout, backend=self.backends.client)

    @asynccontextmanager
    async def scanning(self) -> AsyncIterator[asyncio.Queue[Heard]]:
        heard: asyncio.Queue[Heard] = asyncio.Queue()
        async with BleakScanner(lambda device, data: heard.put_nowait((device, data)), backend=self.backends.scanner):
            yield heard


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    air = Air()
    async with opened_adapter(air) as adapter:
        yield Room(air, adapter, backends(adapter))


async def subscribed(client: BleakClient, characteristic: int) -> asyncio.Queue[bytes]:
    told: asyncio.Queue[bytes] = asyncio.Queue()
    await client.start_notify(long_uuid(characteristic), lambda _characteristic, value: told.put_nowait(bytes(value)))
    return told


# --- a strap


async def test_a_scan_hears_name_and_service_of_a_band(room: Room) -> None:
    async with HeartRateStrap(room.air, STRAP, interval_s=0.05), room.scanning() as heard:
        device, data = await heard.get()

    assert (device.address, data.local_name, data.service_uuids) == (STRAP, "Strap 01", [long_uuid(HEART_RATE_SERVICE)])
    assert -64 < data.rssi < -56


async def test_a_strap_streams_to_who_has_subscribed(room: Room) -> None:
    async with HeartRateStrap(room.air, STRAP, interval_s=0.05) as strap, room.client(STRAP) as client:
        told = await subscribed(client, HEART_RATE_MEASUREMENT)
        for bpm in (71, 72, 73):
            await strap.measures(bpm)

        assert [await told.get() for _ in range(3)] == [bytes([0x06, bpm]) for bpm in (71, 72, 73)]


async def test_a_strap_vibrates_and_tells_its_battery_and_takes_the_time(room: Room) -> None:
    async with HeartRateStrap(room.air, STRAP, interval_s=0.05) as strap, room.client(STRAP) as client:
        await client.write_gatt_char(long_uuid(ALERT_LEVEL), b"\x02", response=False)
        await client.write_gatt_char(long_uuid(CURRENT_TIME), bytes.fromhex("ea070b17031509 01 00 00"), response=True)

        assert await client.read_gatt_char(long_uuid(BATTERY_LEVEL)) == bytearray([80])
        assert strap.vibrations == [2]
        assert strap.now().isoformat(timespec="minutes") == "2026-11-23T03:21"


async def test_a_band_that_walks_away_is_lost_and_found_again(room: Room) -> None:
    lost = asyncio.Event()
    async with HeartRateStrap(room.air, STRAP, interval_s=0.05) as strap:
        device = BLEDevice(STRAP, None, None)
        async with BleakClient(device, lambda _client: lost.set(), backend=room.backends.client):
            room.air.lose(STRAP, after_s=0.1)
            await asyncio.wait_for(lost.wait(), HANGS_S)

        strap.comes_back()
        async with room.client(STRAP) as client:
            assert client.is_connected


async def test_a_deaf_band_costs_no_more_than_the_timeout(room: Room) -> None:
    async with HeartRateStrap(room.air, STRAP, interval_s=0.05, manners=Manners(deaf=True)):
        with pytest.raises(TimeoutError):
            await room.client(STRAP, timeout=0.5).connect()


async def test_a_fickle_band_hangs_up_and_can_be_visited_again(room: Room) -> None:
    async with HeartRateStrap(room.air, STRAP, interval_s=0.02, manners=Manners(drops_after_s=0.05)) as strap:
        for _ in range(3):
            await until_it_hangs_up(room)

        assert strap.connections >= 3


async def until_it_hangs_up(room: Room) -> None:
    hung_up = asyncio.Event()
    client = BleakClient(BLEDevice(STRAP, None, None), lambda _client: hung_up.set(), backend=room.backends.client)
    try:
        await client.connect()
    except (BleakError, TimeoutError):  # it hung up while its services were asked for, and perhaps nobody told
        return
    await asyncio.wait_for(hung_up.wait(), HANGS_S)


# --- meters


async def test_a_cuff_shows_itself_only_after_a_measurement_and_hangs_up(room: Room) -> None:
    async with BloodPressureCuff(room.air, CUFF) as cuff, room.scanning() as heard:
        cuff.has_measured(176, 98, 77, ago_s=70)
        assert heard.empty()

        await cuff.measures(182, 104, 79)
        device, _ = await heard.get()
        gone = asyncio.Event()
        async with BleakClient(device, lambda _client: gone.set(), backend=room.backends.client) as client:
            told = await subscribed(client, BLOOD_PRESSURE_MEASUREMENT)
            first, second = await told.get(), await told.get()
            await asyncio.wait_for(gone.wait(), HANGS_S)

    assert (first[1], second[1]) == (176, 182)
    assert int.from_bytes(first[7:9], "little") == cuff.now().year
    assert not cuff.stored


async def test_a_reading_that_was_not_fetched_waits_for_the_next_visit(room: Room) -> None:
    async with BloodPressureCuff(room.air, CUFF) as cuff:
        await cuff.measures(182, 104, 79)
        async with room.client(CUFF):
            pass  # nobody subscribed

        async with room.client(CUFF) as client:
            told = await subscribed(client, BLOOD_PRESSURE_MEASUREMENT)
            assert (await told.get())[1] == 182


async def test_a_bonded_cuff_speaks_only_after_pairing(room: Room) -> None:
    async with BloodPressureCuff(room.air, CUFF, manners=Manners(bonded_only=True)) as cuff:
        await cuff.measures(182, 104, 79)
        async with room.client(CUFF) as client:
            with pytest.raises(BleakGATTProtocolError):
                await client.read_gatt_char(long_uuid(BLOOD_PRESSURE_MEASUREMENT))
            with pytest.raises(BleakGATTProtocolError):
                await subscribed(client, BLOOD_PRESSURE_MEASUREMENT)

            await client.pair()
            await client.read_gatt_char(long_uuid(BLOOD_PRESSURE_MEASUREMENT))
            told = await subscribed(client, BLOOD_PRESSURE_MEASUREMENT)
            assert (await told.get())[1] == 182


async def test_a_thermometer_tells_tenths_of_a_degree(room: Room) -> None:
    async with Thermometer(room.air, CUFF) as thermometer:
        await thermometer.measures(38.4)
        async with room.client(CUFF) as client:
            told = await subscribed(client, TEMPERATURE_MEASUREMENT)
            value = await told.get()

    assert value[1:5] == bytes.fromhex("800100ff")  # 384 x 10^-1


# --- pendants


async def test_a_press_is_sent_many_times_with_one_packet_id(room: Room) -> None:
    async with Pendant(room.air, PENDANT, alive_every_s=0) as pendant, room.scanning() as heard:
        pendant.presses(frames=3)
        first = [(await heard.get())[1].service_data[long_uuid(SERVICE)] for _ in range(3)]
        pendant.presses("long_press", frames=2)
        second = [(await heard.get())[1].service_data[long_uuid(SERVICE)] for _ in range(2)]

    assert first == [bytes.fromhex("44 0001 015a 3a01")] * 3
    assert second == [bytes.fromhex("44 0002 015a 3a04")] * 2


async def test_a_new_press_ends_the_frames_of_the_last(room: Room) -> None:
    async with Pendant(room.air, PENDANT, alive_every_s=0) as pendant, room.scanning() as heard:
        pendant.presses(frames=30)
        pendant.presses("long_press", frames=3)
        frames = [(await heard.get())[1].service_data[long_uuid(SERVICE)] for _ in range(4)]

    assert [frame[-1] for frame in frames] == [KEYS["press"], *3 * [KEYS["long_press"]]]


async def test_an_encrypted_pendant_counts_and_shows_nobody_its_key_press(room: Room) -> None:
    async with Pendant(room.air, PENDANT, key=KEY, alive_every_s=0) as pendant, room.scanning() as heard:
        pendant.presses(frames=1)
        pendant.presses(frames=1)
        frames = [(await heard.get())[1].service_data[long_uuid(SERVICE)] for _ in range(2)]

    assert [frame[0] for frame in frames] == [0x45, 0x45]
    assert [int.from_bytes(frame[-8:-4], "little") for frame in frames] == [1, 2]
    assert bytes.fromhex("3a01") not in frames[0]


# --- adapters


async def test_a_connection_for_which_the_adapter_has_no_slot_is_refused(room: Room) -> None:
    room.adapter.slots = 1
    async with HeartRateStrap(room.air, STRAP, interval_s=0.05), BloodPressureCuff(room.air, CUFF) as cuff:
        await cuff.measures(120, 80, 70)
        async with room.client(STRAP):
            with pytest.raises(BleakError, match="no free connection"):
                await room.client(CUFF).connect()


async def test_an_adapter_that_was_pulled_out_says_so_and_works_again_when_it_is_back(room: Room) -> None:
    async with HeartRateStrap(room.air, STRAP, interval_s=0.05):
        await room.adapter.unplug()
        with pytest.raises(BleakBluetoothNotAvailableError):
            async with room.scanning():
                pass

        room.adapter.recover()
        async with room.scanning() as heard:
            assert (await heard.get())[0].address == STRAP


def test_an_advertisement_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="47 bytes of advertising data, 31 fit"):
        build(manufacturer_data={0x0157: bytes(40)})
