"""A relay is an adapter of the gateway: what it hears comes as it was said, its bands are connected to, it is found again."""

from __future__ import annotations

import asyncio
import base64
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from fake_devices.bands.pendant import Pendant
from fake_devices.bands.strap import HeartRateStrap
from fake_devices.ble_link.advertising_data import build
from fake_devices.relay import ACTIVE_CONNECTIONS, RAW_ADVERTISEMENTS, FakeRelay
from gateway.clock import SystemClock
from gateway.sources.ble.relays import esphome
from gateway.sources.ble.relays.raw_advertisement import number
from gateway.sources.ble.relays.relay import Relay
from gateway.whys import WHYS
from gateway.words.status import STATES
from tests.gateway.sources.ble.relays.stage import NAME, PENDANT, STRAP, Stage, stage
from tests.gateway.sources.recorder import eventually, running


async def streams(strap: HeartRateStrap, bpm: int = 72) -> None:
    while True:
        await strap.measures(bpm)
        await asyncio.sleep(0.1)


async def test_a_press_comes_with_the_very_bytes_that_were_sent(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, on.on(), Pendant(on.air, PENDANT, alive_every_s=0) as pendant:
        await on.hears()
        pendant.presses()
        await on.recorder.until(lambda: on.recorder.advertisements)

    heard = on.recorder.advertisements[0]
    assert heard.data == build(service_data={0xFCD2: bytes.fromhex("44 0001 015a 3a01")})
    assert (heard.address, heard.by, heard.address_type) == (PENDANT, NAME, "random")


async def test_a_strap_is_connected_to_through_it_and_streams(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, HeartRateStrap(on.air, STRAP) as strap, on.on(), running(streams(strap)):
        await on.recorder.until(lambda: len(on.values("heart_rate")) >= 3)

    assert on.values("heart_rate")[0] == 72
    assert on.values("battery") == [80]
    await eventually(lambda: not strap.device.connections)


async def test_a_band_that_hangs_up_is_connected_to_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, HeartRateStrap(on.air, STRAP) as strap, on.on(), running(streams(strap)):
        await on.recorder.until(lambda: on.values("heart_rate"))
        await strap.drops_the_link()
        before = len(on.values("heart_rate"))
        await on.recorder.until(lambda: len(on.values("heart_rate")) > before + 1)

    assert strap.connections >= 2


async def test_bluetoothd_that_dies_takes_no_band_of_a_relay_along(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, HeartRateStrap(on.air, STRAP) as strap, on.on(), running(streams(strap)):
        await on.recorder.until(lambda: on.values("heart_rate"))
        on.bluetooth._adapters.bluetoothd_went()
        before = len(on.values("heart_rate"))
        await on.recorder.until(lambda: len(on.values("heart_rate")) > before + 3)
        assert strap.connections == 1


async def cut(relay: FakeRelay) -> None:
    relay.cuts()


async def strap_hangs_up(relay: FakeRelay) -> None:
    relay.tells("BluetoothDeviceConnectionResponse", address=number(STRAP), connected=False)


async def power_gone(relay: FakeRelay) -> None:
    await relay.goes()


async def nobody_behind_the_link(relay: FakeRelay) -> None:
    relay.answers = False


@pytest.mark.fault("ports and radio", "a relay is cut off, without power, or half open", promise="it is told and found again")
@pytest.mark.parametrize(
    ("fault", "why"),
    [
        pytest.param(cut, "no answer", id="the link is cut"),
        pytest.param(power_gone, "no relay", id="its power is gone"),
        pytest.param(nobody_behind_the_link, "no answer", id="half open"),
    ],
)
async def test_a_relay_that_is_gone_is_told_and_found_again(
    tmp_path: Path, fault: Callable[[FakeRelay], Awaitable[None]], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(esphome, "KEEP_ALIVE_S", 0.1)
    monkeypatch.setattr(esphome, "OPEN_S", 1.0)
    with capture_logs() as logs:
        async with stage(tmp_path) as on, HeartRateStrap(on.air, STRAP) as strap, on.on(), running(streams(strap)):
            await on.recorder.until(lambda: on.values("heart_rate"))
            await fault(on.proxy)
            await eventually(lambda: on.relay.state == why)
            await eventually(lambda: not strap.device.connections or why == "no answer")
            on.proxy.answers = True
            if on.proxy.is_off:
                await on.proxy.comes_back()
            await on.hears()
            before = len(on.values("heart_rate"))
            await on.recorder.until(lambda: len(on.values("heart_rate")) > before + 1)

    told = [line for line in logs if line["event"] == "relay hears nothing"]
    assert {line["adapter"] for line in told} == {NAME}
    assert why in {line["why"] for line in told}
    assert on.relay.deaf_s > 0


@pytest.mark.parametrize("end", [cut, strap_hangs_up])
async def test_the_end_of_a_link_is_told_at_once(tmp_path: Path, end: Callable[[FakeRelay], Awaitable[None]]) -> None:
    hung_up = asyncio.Event()
    async with stage(tmp_path) as on, HeartRateStrap(on.air, STRAP):
        place = esphome.RelayPlace("127.0.0.1", on.proxy.port, NAME, on.proxy.key)
        async with esphome.opened(place) as session, session.connected(STRAP, 1, hung_up.set) as band:
            assert "0000180d-0000-1000-8000-00805f9b34fb" in band.services.offered
            assert not hung_up.is_set()
            await end(on.proxy)
            await hung_up.wait()


async def test_a_link_that_is_over_hears_nothing_of_the_next_one_with_the_same_band(tmp_path: Path) -> None:
    """Else each would be kept, with what it hears, as long as the relay is."""
    place_of_value, heard = "00002a37-0000-1000-8000-00805f9b34fb", Counter[int]()
    before = 0
    async with stage(tmp_path) as on, HeartRateStrap(on.air, STRAP) as strap, running(streams(strap)):
        place = esphome.RelayPlace("127.0.0.1", on.proxy.port, NAME, on.proxy.key)
        async with esphome.opened(place) as session:
            for number_of_link in (1, 2):
                async with session.connected(STRAP, 1, lambda: None) as band:
                    told = partial(heard.update, [number_of_link])
                    assert await band.subscribe(place_of_value, None, lambda *_, told=told: told())
                    before = heard[1]
                    await eventually(lambda: heard[number_of_link] >= 3)  # noqa: B023

    assert heard[1] == before


# --- what is wrong is told in its own words ---

OTHER_KEY = base64.b64encode(bytes(32)).decode()


async def has_no_proxy(relay: FakeRelay) -> None:
    relay.features = 0


async def is_old(relay: FakeRelay) -> None:
    relay.features &= ~RAW_ADVERTISEMENTS


async def has_another_name(relay: FakeRelay) -> None:
    relay.name = "house-4"


async def has_another_key(relay: FakeRelay) -> None:
    relay.key = OTHER_KEY


async def speaks_plain(relay: FakeRelay) -> None:
    relay.speaks_first = b"\x00\x00\x01\x02"


async def is_something_else(relay: FakeRelay) -> None:
    relay.speaks_first = b"SSH-2.0-OpenSSH_9.2\r\n"


async def lets_nobody_in(relay: FakeRelay) -> None:
    relay.lets_in = False


@pytest.mark.fault("ports and radio", "a relay with another key, name, firmware, or none", promise="each in its own words")
@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (has_no_proxy, "no proxy"),
        (is_old, "old firmware"),
        (has_another_name, "another name"),
        (has_another_key, "wrong key"),
        (speaks_plain, "not encrypted"),
        (is_something_else, "no relay"),
        (power_gone, "no relay"),
        (lets_nobody_in, "no answer"),
    ],
)
async def test_each_fault_is_told_in_its_own_words(
    tmp_path: Path, fault: Callable[[FakeRelay], Awaitable[None]], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault is lets_nobody_in:
        monkeypatch.setattr(esphome, "OPEN_S", 0.5)
    async with stage(tmp_path) as on:
        await fault(on.proxy)
        async with on.on():
            await on.relay.tried.wait()

            assert on.relay.state == why
    assert on.recorder.advertisements == []
    assert why in WHYS
    assert why in STATES


async def test_a_key_that_is_put_right_is_taken_up_at_once(tmp_path: Path) -> None:
    async with stage(tmp_path, key=OTHER_KEY) as on, on.on():
        await eventually(lambda: on.relay.state == "wrong key")
        on.settings.psk_file.write_text(on.proxy.key)
        await on.hears()


async def test_without_the_library_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gateway.sources.ble.relays.esphome", None)
    async with stage(tmp_path) as on, on.on():
        await on.relay.tried.wait()

        assert on.relay.state == "not installed"


# --- its connections ---


async def test_no_more_bands_are_connected_to_than_it_has_slots(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, HeartRateStrap(on.air, STRAP) as strap:
        on.proxy.slots = 0
        async with on.on():
            await on.hears()
            await on.recorder.until(lambda: len(on.recorder.advertisements) >= 3)
        assert strap.connections == 0
        assert on.proxy.asked["BluetoothDeviceRequest"] == 0


async def test_a_relay_that_only_listens_is_asked_for_no_connection(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, HeartRateStrap(on.air, STRAP) as strap:
        on.proxy.features &= ~ACTIVE_CONNECTIONS
        async with on.on():
            await on.recorder.until(lambda: len(on.recorder.advertisements) >= 3)
        assert strap.connections == 0


async def test_who_is_not_heard_is_asked_anew_and_the_link_stays(tmp_path: Path) -> None:
    """Another program is its listener, of which a relay has one, and goes."""
    async with stage(tmp_path) as on, Pendant(on.air, PENDANT, alive_every_s=0.05):
        relay = Relay(
            on.settings,
            on.recorder,
            SystemClock(),
            enrolled=lambda _: True,
            sighted=lambda _: None,
            slots=lambda _, __: None,
            silence_s=0.2,
        )
        async with another_program(on), running(relay.run()):
            await eventually(lambda: relay.state == "silent")
            on.proxy.forgets_its_listener()
            await eventually(lambda: relay.state == "scanning")
            assert on.proxy.calls == 2


@asynccontextmanager
async def another_program(on: Stage) -> AsyncIterator[None]:
    place = esphome.RelayPlace("127.0.0.1", on.proxy.port, NAME, on.proxy.key)
    async with esphome.opened(place) as session:
        session.listen(lambda *_: None, lambda *_: None)
        await eventually(lambda: on.proxy.is_listened_to)
        yield
