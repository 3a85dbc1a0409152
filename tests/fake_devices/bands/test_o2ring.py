"""A ring of Viatom, as the gateway's own Bluetooth and the driver `wellue-o2ring` see it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from drivers.bands.wellue_o2ring import ASK
from fake_devices.bands.makers_band import ORDINARY
from fake_devices.bands.o2ring import O2Ring
from fake_devices.ble_link.air import Air
from tests.fake_devices.bands.gateway_side import BAND, Told, gateway_hears, noticed_soon
from tests.gateway.sources.recorder import eventually


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def ring() -> AsyncIterator[O2Ring]:
    async with noticed_soon(O2Ring(Air(), BAND)) as ring:
        yield ring


async def test_on_a_finger_it_tells_oxygen_pulse_and_battery(ring: O2Ring, told: Told) -> None:
    async with gateway_hears(ring.air, told.recorder, "wellue-o2ring"):
        await told.until("oxygen_saturation", "heart_rate", "battery")

    assert told.values("oxygen_saturation") == [97]
    assert told.values("heart_rate") == [72]
    assert told.values("battery") == [ring.battery_percent]
    assert told.refusals == []
    assert set(ring.commands) == {ASK}, "nothing else is asked of it"


async def test_on_no_finger_it_is_asked_and_tells_no_value(ring: O2Ring, told: Told) -> None:
    ring.body, ring.charging = None, True

    async with gateway_hears(ring.air, told.recorder, "wellue-o2ring"):
        await eventually(lambda: bool(told.recorder.reports))

    assert told.measurements == []
    assert [decoded.status for _, _, decoded in told.recorder.reports][:1] == [{"worn": False, "charging": "charging"}]


async def test_put_on_in_the_midst_of_a_link_it_tells_values_at_the_next_question(ring: O2Ring, told: Told) -> None:
    ring.body = None

    async with gateway_hears(ring.air, told.recorder, "wellue-o2ring"):
        await eventually(lambda: bool(told.recorder.reports))
        ring.body = ORDINARY
        await told.until("oxygen_saturation", "heart_rate")

    assert told.values("oxygen_saturation") == [97]
