"""`slot = true` in the whole application, on a virtual clock: a key that is heard only while its band is connected is heard
whenever the band is in reach, hours after the last word, and also when there is much to connect to besides."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from fake_devices.bands.makers_band import MakersBand
from fake_devices.bands.moyoung import MoyoungWatch
from fake_devices.bands.veepoo import VeepooWatch
from fake_devices.bands.ycbt import YcbtWatch
from gateway.sources.ble.schedule import VISIT_EVERY_S
from tests.app.center import Center, center
from tests.simulation.virtual_time import run

WATCH, OTHER = "C0:FF:EE:00:00:21", "C0:FF:EE:00:01:{:02X}"
KEEPS = "slot = true\n"
HOUR_S, LINKED_AGAIN_S = 3600, 60
Press = Callable[[MakersBand], Awaitable[None]]


async def holds_sos(watch: MakersBand) -> None:
    assert isinstance(watch, YcbtWatch)
    watch.presses()


async def taps_find_phone(watch: MakersBand) -> None:
    assert isinstance(watch, MoyoungWatch)
    await watch.looks_for_its_phone()


KEYS = [
    pytest.param(YcbtWatch, "ycbt", "", holds_sos, id="ycbt, SOS"),
    pytest.param(MoyoungWatch, "moyoung", 'sos_button = ["find_phone"]', taps_find_phone, id="moyoung, find my phone"),
]


def wristband(address: str, driver: str, wearer: str, more: str = "") -> str:
    return f'[[wristband]]\naddress = "{address}"\ndriver = "{driver}"\nwearer = "{wearer}"\nroom = "3-209"\n{more}\n'


@asynccontextmanager
async def worn(folder: Path, kind: type[MakersBand], tables: str) -> AsyncIterator[tuple[Center, MakersBand]]:
    """A center, and somebody in it who has this watch on."""
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(center(folder))
        watch = await stack.enter_async_context(kind(place.air, WATCH))  # type: ignore[call-arg]  # each kind has its own profile
        place.tables = tables
        yield place, watch


def connected(watch: MakersBand) -> Callable[[], bool]:
    return lambda: watch.link is not None


@pytest.mark.parametrize(("kind", "driver", "more", "press"), KEYS)
def test_a_press_is_an_sos_hours_after_the_last_visit(
    kind: type[MakersBand], driver: str, more: str, press: Press, tmp_path: Path
) -> None:
    async def story() -> None:
        async with (
            worn(tmp_path, kind, wristband(WATCH, driver, "W-009", f"slot = true\n{more}")) as (place, watch),
            place.runs(),
        ):
            await place.comes(connected(watch))
            await asyncio.sleep(1.5 * HOUR_S)
            assert watch.connections == 1, "the link stands"
            await press(watch)
            alert = await place.alert(kind="sos", within_s=5)
            assert (alert["wearer"], alert["device"], alert["room"]) == ("W-009", WATCH, "3-209")

    run(story())


@pytest.mark.parametrize(("kind", "driver", "more", "press"), KEYS)
def test_without_a_slot_of_its_own_the_same_press_is_heard_by_nobody(
    kind: type[MakersBand], driver: str, more: str, press: Press, tmp_path: Path
) -> None:
    async def story() -> None:
        async with worn(tmp_path, kind, wristband(WATCH, driver, "W-009", more)) as (place, watch), place.runs():
            await place.comes(connected(watch))
            await place.comes(lambda: watch.link is None, within_s=HOUR_S)
            await press(watch)
            await asyncio.sleep(HOUR_S / 6)
            assert place.events(kind="sos") == []

    run(story())


@pytest.mark.parametrize(("kind", "driver", "more", "press"), KEYS)
def test_who_comes_back_into_reach_is_connected_within_a_minute(
    kind: type[MakersBand], driver: str, more: str, press: Press, tmp_path: Path
) -> None:
    async def story() -> None:
        async with (
            worn(tmp_path, kind, wristband(WATCH, driver, "W-009", f"slot = true\n{more}")) as (place, watch),
            place.runs(),
        ):
            await place.comes(connected(watch))
            await asyncio.sleep(VISIT_EVERY_S)
            watch.walks_away()
            await asyncio.sleep(VISIT_EVERY_S)
            assert watch.link is None
            watch.comes_back()
            await place.comes(connected(watch), within_s=LINKED_AGAIN_S)
            await asyncio.sleep(VISIT_EVERY_S)
            await press(watch)
            await place.alert(kind="sos", within_s=5)

    run(story())


def test_the_slot_is_given_to_no_other_while_its_band_is_away(tmp_path: Path) -> None:
    """Six watches share what is left, each connected for minutes: who comes back need not wait for any of them."""
    many = [wristband(OTHER.format(number), "ycbt", f"W-1{number:02}") for number in range(6)]
    tables = "\n".join([wristband(WATCH, "ycbt", "W-009", KEEPS), *many])

    async def story() -> None:
        async with worn(tmp_path, YcbtWatch, tables) as (place, watch), AsyncExitStack() as stack:
            others = [await stack.enter_async_context(YcbtWatch(place.air, OTHER.format(number))) for number in range(6)]
            watch.walks_away()
            async with place.runs():
                held = 0
                for _ in range(VISIT_EVERY_S):
                    await asyncio.sleep(1)
                    held = max(held, sum(other.link is not None for other in others))
                assert held == 4, "of five connections one is kept"
                watch.comes_back()
                await place.comes(connected(watch), within_s=LINKED_AGAIN_S)
                await asyncio.sleep(2 * VISIT_EVERY_S)
                assert watch.connections == 1
                assert all(other.connections >= 2 for other in others), "and all others have their turns"

    run(story())


def test_who_stays_connected_is_visited_each_quarter_of_an_hour_and_what_it_kept_comes_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with worn(tmp_path, YcbtWatch, wristband(WATCH, "ycbt", "W-009", KEEPS)) as (place, watch), place.runs():
            await place.comes(connected(watch))
            await asyncio.sleep(2 * HOUR_S)
            watch.battery_percent = 41
            await asyncio.sleep(2 * VISIT_EVERY_S)

            readings = place.platform.consumer.readings()
            mine = [one for one in readings if one["device"] == WATCH]
            kept = [(one["kind"], one["at"], one["value"]) for one in mine if one.get("history")]
            assert max(Counter(map(str, kept)).values()) <= 2, "at most where it was kept a minute before the visit"
            assert any(one["kind"] == "battery" and one["value"] == 41 for one in mine)
            assert watch.clock_set >= 8
            assert watch.connections == 1

    run(story())


def test_a_watch_without_a_key_keeps_its_link_too(tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            worn(tmp_path, VeepooWatch, wristband(WATCH, "veepoo", "W-009", KEEPS)) as (place, watch),
            place.runs(),
        ):
            await place.comes(connected(watch))
            await asyncio.sleep(2 * HOUR_S)
            assert watch.connections == 1
            pulses = [one for one in place.platform.consumer.readings() if one["kind"] == "heart_rate"]
            assert len(pulses) >= 2 * 4

    run(story())
