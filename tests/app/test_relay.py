"""A relay is an adapter like any other: what it hears is an alert at the platform, once, and when it is gone that is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from fake_devices.bands.pendant import Pendant
from fake_devices.bands.strap import HeartRateStrap
from fake_devices.ble_link.adapter import opened_adapter
from fake_devices.ble_link.air import Air
from fake_devices.relay import FakeRelay
from gateway.supervision import fault_watch
from tests.app.center import PENDANT, Band, Center, center

NAME = "house-3"
STRAP = "C0:FF:EE:00:00:07"
Story = Callable[[Center, FakeRelay, Air], Awaitable[None]]


def story_of(tmp_path: Path, story: Story, *, same_air: bool = False) -> None:
    """Plays it in a center with a relay, in real time, which TCP takes some of. `same_air`: the adapter hears them too."""
    asyncio.run(_played(tmp_path, story, same_air=same_air))


async def _played(tmp_path: Path, story: Story, *, same_air: bool) -> None:
    async with center(tmp_path) as place:
        air = place.air if same_air else Air()
        async with opened_adapter(air) as radio, FakeRelay(radio, NAME) as relay:
            place.roster.append(Band(STRAP, "ble-heart-rate", "W-007", "7-101"))
            place.tables = relay_of(place, relay)
            async with place.runs():
                await place.comes(lambda: relay.is_listened_to)
                await story(place, relay, air)


def relay_of(place: Center, relay: FakeRelay) -> str:
    key = place.folder / "relay.psk"
    key.touch(0o600)
    key.write_text(relay.key)
    return f'[[relay]]\nhost = "127.0.0.1"\nport = {relay.port}\npsk_file = "relay.psk"\nname = "{NAME}"\n'


def test_a_press_that_only_the_relay_hears_is_an_alert(tmp_path: Path) -> None:
    async def story(place: Center, relay: FakeRelay, air: Air) -> None:
        async with Pendant(air, PENDANT, alive_every_s=0) as pendant:
            pendant.presses()
            alert = await place.alert(kind="sos", wearer="W-003")

        assert alert["priority"] == "critical"

    story_of(tmp_path, story)


def test_a_press_that_the_adapter_hears_too_is_one_press(tmp_path: Path) -> None:
    async def story(place: Center, relay: FakeRelay, air: Air) -> None:
        async with Pendant(air, PENDANT, alive_every_s=0) as pendant:
            for presses in (1, 2):
                pendant.presses(frames=10)
                await place.comes(lambda: len(_buttons(place)) >= presses)  # noqa: B023
                await place.comes(lambda: not pendant.insisting)
                await asyncio.sleep(1)  # that no further one comes, only time can show
                assert len(_buttons(place)) == presses
                assert relay.heard == 10 * presses

        assert len(place.events(kind="sos", event="raised")) == 1

    story_of(tmp_path, story, same_air=True)


def _buttons(place: Center) -> list[object]:
    return [one for one in place.platform.consumer.readings() if one["kind"] == "button"]


def test_a_strap_in_a_house_far_away_is_measured_through_the_relay(tmp_path: Path) -> None:
    async def story(place: Center, relay: FakeRelay, air: Air) -> None:
        async with HeartRateStrap(air, STRAP) as strap:

            def measured() -> bool:
                return any(one["kind"] == "heart_rate" for one in place.platform.consumer.readings())

            while not measured():
                await strap.measures(72)
                await asyncio.sleep(0.2)

    story_of(tmp_path, story)


def test_a_relay_that_is_gone_is_told_by_its_name_and_its_return_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(fault_watch.PATIENCE, "adapter_lost", fault_watch.Patience(1))

    async def story(place: Center, relay: FakeRelay, air: Air) -> None:
        await relay.goes()
        alert = await place.alert(kind="technical", detail="adapter_lost")
        assert alert["device"] == NAME

        await relay.comes_back()
        await place.alert(kind="technical", event="cleared", detail="adapter_lost", device=NAME)

    story_of(tmp_path, story)


def test_a_relay_is_added_and_taken_away_and_the_others_are_not_disturbed(tmp_path: Path) -> None:
    async def story(place: Center, relay: FakeRelay, air: Air) -> None:
        async with opened_adapter(Air()) as radio, FakeRelay(radio, "house-4") as other:
            place.tables = relay_of(place, relay) + relay_of(place, other).replace(NAME, "house-4")
            place.writes_config()
            place.hang_ups.happened()
            await place.comes(lambda: other.is_listened_to)
            place.tables = relay_of(place, relay)
            place.writes_config()
            place.hang_ups.happened()
            await place.comes(lambda: not other.callers)

        assert relay.is_listened_to
        assert relay.calls == 1

    story_of(tmp_path, story)
