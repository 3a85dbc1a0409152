"""What a hub says while the card hangs, or while the whole process stands: one press is told once, and no press is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.presses import OUT_OF_ORDER_S
from fake_devices.bands.pendant import BUTTON, ON_EVENT, Pendant
from fake_devices.ble_link.air import Air
from fake_devices.serial_hub_frames import RecordValues, record
from tests.app.center import HUB_BAND, PENDANT, Center
from tests.app.test_wiring import plays
from tests.gateway.upper_half import hub
from tests.simulation.virtual_time import VirtualTimeLoop

SEALED = "54:48:E6:8F:80:A6"
REPEATS_S = hub().repeats_s
KEY = bytes(range(16))
PRESS = record(HUB_BAND, 7, RecordValues(sos=True))


class SealedPendant(Pendant):
    """Its frames go where a test wants, and are counted from above where a counter is that of a new battery."""

    def __init__(self, air: Air) -> None:
        super().__init__(air, SEALED, key=KEY, alive_every_s=0)
        self.counter = 498

    def frame(self, *, pressed: bool = False) -> bytes:
        """The next one."""
        return self._frame(ON_EVENT, bytes([BUTTON, 1])) if pressed else self._frame(0, b"")


def enrols_it(place: Center) -> None:
    key_file = place.folder / "pendant.key"
    key_file.write_text(KEY.hex())
    key_file.chmod(0o600)
    place.tables = "\n".join(
        (
            "[[wristband]]",
            f'address = "{SEALED}"',
            'driver = "bthome"',
            'wearer = "W-004"',
            'room = "3-204"',
            f'key_file = "{key_file}"',
        )
    )


async def presses(place: Center, device: str = HUB_BAND) -> int:
    """How many are told, when all that came was taken."""
    await asyncio.sleep(10)
    return len([one for one in place.platform.consumer.readings() if (one["device"], one["kind"]) == (device, "button")])


def stands(seconds: float) -> None:
    """The whole process does, with what was written to its ports just now."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop.stands(seconds)


def card_hangs(place: Center) -> Callable[[], None]:
    """With a press; what it does when it goes on."""
    place.disk.answers.clear()
    place.hub.line.write(PRESS)
    return place.disk.answers.set


@pytest.mark.fault("disk", "it hangs for half a minute, and only a hub hears a press meanwhile", promise="the press is told")
def test_a_press_that_only_the_hub_heard_is_no_replay_however_long_the_card_hangs(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        async with SealedPendant(place.air) as pendant:
            pendant.sends(pendant.frame())
            await asyncio.sleep(1)
            goes_on = card_hangs(place)
            await asyncio.sleep(1)
            press = pendant.frame(pressed=True)
            pendant.sends(pendant.frame())
            await asyncio.sleep(1)

            place.hub.advertises(SEALED, press)
            await asyncio.sleep(OUT_OF_ORDER_S + 1)
            goes_on()

            await place.alert(kind="sos", wearer="W-004", within_s=5)

    plays(tmp_path, story, enrols_it)


@pytest.mark.fault("disk", "it hangs for a minute with a press that the hub repeats", promise="the press is told once")
def test_a_press_that_the_hub_repeats_while_the_card_hangs_is_told_once(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        goes_on = card_hangs(place)
        await asyncio.sleep(1)
        place.hub.line.write(PRESS)
        await asyncio.sleep(REPEATS_S + 1)
        goes_on()

        assert await presses(place) == 1

    plays(tmp_path, story)


@pytest.mark.fault("process", "it stands for a minute while a hub repeats a press", promise="the press is told once")
def test_a_press_that_the_hub_repeats_while_the_process_stands_is_told_once(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.line.write(PRESS)
        await place.alert(kind="sos", within_s=2)

        place.hub.line.write(PRESS)
        stands(REPEATS_S + 10)

        assert await presses(place) == 1

    plays(tmp_path, story)


@pytest.mark.fault("process", "it stands for half a minute with a press that only a hub heard", promise="the press is told")
def test_a_press_that_only_the_hub_heard_is_no_replay_however_long_the_process_stood(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        async with SealedPendant(place.air) as pendant:
            pendant.sends(pendant.frame())
            await asyncio.sleep(1)
            press = pendant.frame(pressed=True)
            pendant.sends(pendant.frame())
            await asyncio.sleep(1)

            place.hub.advertises(SEALED, press)
            stands(OUT_OF_ORDER_S + 10)

            await place.alert(kind="sos", wearer="W-004", within_s=5)

    plays(tmp_path, story, enrols_it)


@pytest.mark.fault("process", "it stands while a pendant repeats a press", promise="the press is told once")
def test_a_press_that_goes_on_while_the_process_stands_is_told_once(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        async with Pendant(place.air, PENDANT, alive_every_s=0) as pendant:
            pendant.presses()
            await place.alert(kind="sos", wearer="W-003", within_s=2)

            stands(OUT_OF_ORDER_S + 10)

            assert await presses(place, PENDANT) == 1

    plays(tmp_path, story)


def test_a_number_that_comes_again_after_a_minute_in_which_the_line_was_read_is_another_press(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.line.write(PRESS)
        await asyncio.sleep(REPEATS_S + 10)  # the band counts anew, with a new battery

        place.hub.line.write(PRESS)

        assert await presses(place) == 2

    plays(tmp_path, story)
