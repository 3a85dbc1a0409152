"""The network drops and comes back: what matters comes first, and nothing is missing in the end."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon
from tests.mosquitto import Mosquitto

WAITING = 20_000


@pytest.mark.slow
@pytest.mark.fault("broker", "the broker is away while 20,000 readings pile up", promise="an alert overtakes them all")
async def test_an_alert_overtakes_readings_already_waiting(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], broker: Mosquitto
) -> None:
    broker.stop()
    for number in range(WAITING):
        hub.says(roster[0].address, steps=number)
    await hub.line.sent()
    hub.presses(roster[1].address)
    await daemon.logs("alert")

    broker.start()
    alert = await platform.alert(kind="sos")
    await platform.wait_for(lambda: len(platform.consumer) == WAITING + 1, what="every reading")

    assert platform.consumer.arrivals[0].id == f"{alert['id']}#{alert['seq']}"


class TestWithReceiptsForReadings:
    """`readings_need = "receipt"`: the broker's word alone ends nothing."""

    @pytest.fixture
    async def platform(self, broker: Mosquitto) -> AsyncIterator[Platform]:
        async with Platform(broker.platform_port, readings_too=True) as platform:
            yield platform
        assert platform.consumer.faults == []

    @pytest.fixture
    async def daemon(self, stopped_daemon: Daemon, platform: Platform) -> Daemon:
        stopped_daemon.config = stopped_daemon.config.replace("[mqtt]", '[mqtt]\nreadings_need = "receipt"')
        await stopped_daemon.start()
        return stopped_daemon

    @pytest.mark.slow
    @pytest.mark.fault("broker", "a broker that is killed again and again without its disk", promise="every reading comes")
    async def test_a_broker_killed_again_and_again_takes_nothing_along(
        self, daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], broker: Mosquitto
    ) -> None:
        sent = 0
        for _ in range(3):
            for _ in range(200):
                hub.says(roster[0].address, steps=(sent := sent + 1))
                await hub.line.sent()
            broker.stop(signal.SIGKILL)
            broker.start()

        await platform.wait_for(lambda: len(platform.consumer) == sent, what="every reading")

    @pytest.mark.fault(
        "broker", "the broker acknowledges and the platform does not", promise="it is sent again until the receipt comes"
    )
    async def test_a_reading_waits_for_its_receipt(
        self, daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], broker: Mosquitto
    ) -> None:
        platform.is_silent()
        hub.says(roster[0].address, steps=1)
        await platform.wait_for(lambda: len(platform.consumer) == 1)

        await daemon.stop()
        platform.answers()
        await daemon.start()
        await platform.wait_for(lambda: platform.consumer.copies == 1, what="the reading again")
