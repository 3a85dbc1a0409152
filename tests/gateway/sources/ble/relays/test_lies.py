"""A relay that lies, by a fault or on purpose, takes neither memory nor the word from others; what it lied is counted."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from aioesphomeapi.client import APIClient
from structlog.testing import capture_logs

from fake_devices.bands.pendant import Pendant
from fake_devices.bands.strap import HeartRateStrap
from fake_devices.relay_wire import KINDS
from gateway.errors import SourceLost
from gateway.sources.ble.advertisement_queue import MOST_OF_BANDS, MOST_OF_UNREGISTERED
from gateway.sources.ble.relays import esphome
from gateway.sources.ble.relays.allowance import OCTETS_AT_ONCE
from gateway.sources.ble.relays.raw_advertisement import ADDRESS_TYPES, MOST_BYTES, number
from tests.gateway.sources.ble.relays.stage import PENDANT, STRAP, Stage, stage
from tests.gateway.sources.ble.relays.test_relay import streams
from tests.gateway.sources.recorder import eventually, running

ADVERTISEMENTS, _ = KINDS["BluetoothLERawAdvertisementsResponse"]
LARGEST_MESSAGE = 65_000


@pytest.mark.fault("ports and radio", "a relay tells what no radio hears", promise="it is left out and counted")
@pytest.mark.parametrize(
    "lie",
    [
        pytest.param({"address": 1 << 48}, id="an address too long"),
        pytest.param({"address": 0}, id="no address"),
        pytest.param({"rssi": 999}, id="louder than any radio"),
        pytest.param({"rssi": -(1 << 31)}, id="weaker than any radio"),
        pytest.param({"address_type": len(ADDRESS_TYPES)}, id="an address of no type"),
        pytest.param({"data": bytes(MOST_BYTES + 1)}, id="longer than an advertisement"),
        pytest.param({"data": bytes(LARGEST_MESSAGE)}, id="a giant one"),
    ],
)
async def test_what_no_radio_can_have_heard_is_left_out_and_counted(tmp_path: Path, lie: dict[str, Any]) -> None:
    with capture_logs() as logs:
        async with stage(tmp_path) as on, on.on():
            await on.hears()
            truth: dict[str, Any] = {"address": number(PENDANT), "data": b"\x02\x01\x06"}
            on.proxy.tells_advertisement(**truth | lie)
            on.proxy.tells_advertisement(number(PENDANT), b"\x02\x01\x06")
            await on.recorder.until(lambda: on.recorder.advertisements)

    assert [one.data for one in on.recorder.advertisements] == [b"\x02\x01\x06"]
    assert on.relay.refused_frames == 1
    assert [line["refused"] for line in logs if line["event"] == "relay tells what cannot be"] == [1]


async def test_what_is_no_message_ends_the_link_and_nothing_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with stage(tmp_path) as on, on.on(), Pendant(on.air, PENDANT, alive_every_s=0.1):
        await on.hears()
        on.proxy.callers[0].tells_raw(ADVERTISEMENTS, b"\xff\xff\xff secret")
        await eventually(lambda: on.relay.state == "no answer")
        await on.hears()
        before = len(on.recorder.advertisements)
        await on.recorder.until(lambda: len(on.recorder.advertisements) > before)

    assert "secret" not in caplog.text


@pytest.mark.parametrize("question", ["HelloRequest", "DeviceInfoRequest", "SubscribeBluetoothLEAdvertisementsRequest"])
async def test_a_relay_that_breaks_off_with_its_answer_is_told_and_found_again(tmp_path: Path, question: str) -> None:
    async with stage(tmp_path) as on:
        on.proxy.breaks_after = question
        async with on.on():
            await eventually(lambda: on.relay.state not in ("starting", "scanning"))
            on.proxy.breaks_after = ""
            await on.hears()


async def floods(on: Stage, kind: str, **fields: Any) -> None:
    """As fast as it is taken, until the gateway has hung up."""
    caller = on.proxy.callers[0]
    with suppress(ConnectionError):
        while caller in on.proxy.callers:
            for _ in range(50):
                caller.tells(kind, **fields)
            await caller.drained()


@pytest.mark.fault("ports and radio", "a relay floods, in any kind of message", promise="it is hung up on")
@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        pytest.param(
            "BluetoothLERawAdvertisementsResponse",
            {"advertisements": [{"address": number(PENDANT), "rssi": -60, "address_type": 1, "data": bytes(31)}] * 16},
            id="advertisements",
        ),
        pytest.param("PingRequest", {}, id="pings"),
        pytest.param("SubscribeLogsResponse", {"message": bytes(4_000)}, id="what nobody asked for"),
        pytest.param(
            "BluetoothGATTGetServicesResponse",
            {"address": 1, "services": [{"uuid": [1, 2], "handle": 1}] * 1_000},
            id="services",
        ),
    ],
)
async def test_a_flood_is_hung_up_on_before_it_takes_memory(tmp_path: Path, kind: str, fields: dict[str, Any]) -> None:
    async with stage(tmp_path) as on, on.on():
        await on.hears()
        on.recorder.open.clear()  # the disk is slow, too
        async with running(floods(on, kind, **fields)):
            await eventually(lambda: on.relay.state == "flood")

        assert len(list(on.relay.queue.rest())) <= MOST_OF_BANDS + MOST_OF_UNREGISTERED
        on.recorder.open.set()
        await on.hears()


@pytest.mark.fault("ports and radio", "a relay floods", promise="a press through another comes")
async def test_while_one_floods_the_press_through_another_comes(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    async with stage(tmp_path) as liar, stage(tmp_path / "other", name="house-4") as other, liar.on():
        settings = type(other.settings)(
            host="127.0.0.1", port=other.proxy.port, psk_file=other.settings.psk_file, name="house-4"
        )
        liar.bluetooth.use([liar.settings, settings])
        await liar.hears()
        await eventually(lambda: other.proxy.is_listened_to)
        async with running(floods(liar, "PingRequest")), Pendant(other.air, PENDANT, alive_every_s=0) as pendant:
            pendant.presses(frames=1)
            await liar.recorder.until(lambda: any(one.by == "house-4" for one in liar.recorder.advertisements))


@pytest.mark.fault("ports and radio", "a band's services have no end", promise="it costs one visit")
async def test_services_without_an_end_cost_a_visit_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(esphome, "LINK_S", 2.0)
    monkeypatch.setattr(esphome, "SERVICES_S", 0.5)
    async with stage(tmp_path) as on, HeartRateStrap(on.air, STRAP) as strap, on.on(), running(streams(strap)):
        on.proxy.ends_services = False
        await eventually(lambda: strap.connections >= 1)
        await eventually(lambda: not strap.device.connections)
        assert on.relay.state == "scanning"

        on.proxy.ends_services = True
        await on.recorder.until(lambda: on.values("heart_rate"))


async def test_how_many_connections_it_has_is_believed_within_reason(tmp_path: Path) -> None:
    told: list[int] = []
    async with stage(tmp_path) as on:
        relay = on.relay
        relay._slots = lambda _, slots: told.append(slots)
        async with on.on():
            await on.hears()
            on.proxy.tells("BluetoothConnectionsFreeResponse", free=4_000_000_000, limit=4_000_000_000)
            on.proxy.tells("BluetoothConnectionsFreeResponse", free=0, limit=0)
            await eventually(lambda: len(told) >= 4)

    assert min(told) == 1
    assert max(told) == 9


async def test_links_that_nobody_asked_for_and_values_of_no_band_change_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, HeartRateStrap(on.air, STRAP) as strap, on.on(), running(streams(strap)):
        await on.recorder.until(lambda: on.values("heart_rate"))
        for address in (number(PENDANT), 1 << 60):
            on.proxy.tells("BluetoothDeviceConnectionResponse", address=address, connected=True, mtu=1 << 30)
            on.proxy.tells("BluetoothGATTNotifyDataResponse", address=address, handle=1, data=bytes(10_000))
            on.proxy.tells("BluetoothGATTErrorResponse", address=address, handle=1, error=-1)
        on.proxy.tells("BluetoothGATTNotifyDataResponse", address=number(STRAP), handle=9_999, data=bytes(10_000))
        before = len(on.values("heart_rate"))
        await on.recorder.until(lambda: len(on.values("heart_rate")) > before + 2)

    assert set(on.values("heart_rate")) == {72}


def test_a_gateway_that_stood_for_a_minute_finds_no_flood() -> None:
    """2 MB at most wait in the kernel."""
    assert OCTETS_AT_ONCE > 2 * 1_048_576


async def test_a_relay_that_is_gone_before_it_is_listened_to_is_lost_as_any_other() -> None:
    gone = esphome.RelaySession(APIClient("127.0.0.1", 6053))

    with pytest.raises(SourceLost, match="no answer"):
        gone.listen(lambda *_: None, lambda *_: None)
