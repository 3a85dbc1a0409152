"""Over the virtual link: nonsense on the air and in the values of a connected band costs its own frames, and no other's."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from fake_devices.bands.pendant import SERVICE, Pendant
from fake_devices.bands.strap import HeartRateStrap
from fake_devices.ble_link.advertising_data import LEGACY_BYTES, Advert, build
from tests.app.center import PENDANT, Band, Center
from tests.app.test_wiring import asks, plays

STRAP = "C0:FF:EE:00:00:32"
LONGEST = 40  # bytes: beyond what fits into one packet as long as nobody has asked for larger ones
REFUSED = 6  # at least: those that are too short for what they say they hold
STRANGERS = 700  # more than may wait


def nonsense(chance: random.Random) -> bytes:
    """AD structures that run over the end, have no length, or are of a known service and broken."""
    noise = chance.randbytes(chance.randint(0, LEGACY_BYTES - 4))
    head = bytes((len(noise) + 3, 0x16)) + SERVICE.to_bytes(2, "little")
    return chance.choice((noise, head + noise, head + noise[:-2], b"\xff" + noise, b"\0" + noise))


@pytest.mark.fault(
    "bytes from outside", "malformed advertisements of hundreds of strangers and of a band", promise="its press comes"
)
def test_a_press_comes_amid_malformed_advertisements_of_strangers_and_of_the_band_itself(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        chance = random.Random(1)
        async with Pendant(place.air, PENDANT) as pendant:
            for number in range(STRANGERS):
                place.air.advertise(Advert(f"F0:0D:00:00:{number >> 8:02X}:{number & 255:02X}", nonsense(chance)))
                place.air.advertise(Advert(PENDANT, nonsense(chance)))
                if number % 100 == 0:
                    await asyncio.sleep(0.01)
            pendant.presses()
            await place.alert(kind="sos", wearer="W-003")

    plays(tmp_path, story)


@pytest.mark.fault(
    "bytes from outside", "values of every length from a band that is connected", promise="refused; the next one counts"
)
def test_values_of_every_length_from_a_connected_band_are_refused_and_the_next_good_one_counts(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        async with HeartRateStrap(place.air, STRAP) as strap:
            await _measures_until_heard(place, strap, 71)
            for length in range(LONGEST):
                for filled in (b"\0", b"\xff", b"\x5a"):
                    await strap.device.notify_subscribers(strap._heart_rate, filled * length)
            await _measures_until_heard(place, strap, 73)
            (status,) = [line async for line in asks(place, "status")]
            assert sum(status["counts"]["rejected"].values()) >= REFUSED
            assert strap.connections == 1, "nobody hung up"

    def with_a_strap(place: Center) -> None:
        place.roster.append(Band(STRAP, "ble-heart-rate", "W-032", "3-209"))

    plays(tmp_path, story, with_a_strap)


async def _measures_until_heard(place: Center, strap: HeartRateStrap, bpm: int) -> None:
    """It is connected, and a value that none of the others was has come."""
    async with asyncio.timeout(60):
        while (STRAP, bpm) not in {(one["device"], one["value"]) for one in place.platform.consumer.readings()}:
            await strap.measures(bpm)
            await asyncio.sleep(1)


def test_a_pendant_in_whose_name_two_send_is_named_by_the_status(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        for number in range(6):
            for packet in (10 + number, 200 + number):
                place.air.advertise(Advert(PENDANT, build(service_data={SERVICE: bytes((0x44, 0, packet, 0x3A, 1))})))
                await asyncio.sleep(1)
        (status,) = [line async for line in asks(place, "status")]

        assert ("band_imitated", PENDANT) in {(fault["fault"], fault.get("device")) for fault in status["faults"]}

    plays(tmp_path, story)
