"""Only what an advertisement says itself is handed over, though bluetoothd keeps, and tells again, what was said before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from bleak.backends.bluezdbus.manager import BlueZManager

from drivers import DRIVERS
from drivers.driver import Advertisement, AdvertisementDriver, Decoded, Refused
from drivers.framing import MANUFACTURER_DATA, SERVICE_DATA_16, ad_structures
from drivers.presses import PRESSES, PressMemory, deduplicate_presses
from fake_devices.ble_link.advertising_data import build
from gateway.sources.ble import bleak_internals
from gateway.sources.ble.bluez import Heard, Radio
from gateway.sources.ble.carried import MOST, LastTold
from tests.bluez.fake_bluez import FakeBluez
from tests.drivers import vectors
from tests.gateway.sources.recorder import eventually

BAND = "C0:FF:EE:00:00:03"
OF_SERVICE = build(service_data={0xFEAA: bytes.fromhex("2000 0bb8 1580 00000001 0000001e")})  # Eddystone TLM
OF_MAKER = build(manufacturer_data={0xFFFF: bytes.fromhex("01")})
ALIVE = {MANUFACTURER_DATA: OF_SERVICE, SERVICE_DATA_16: OF_MAKER}  # what a band says between two presses, by what those are


class Pressed(NamedTuple):
    """A driver whose presses may be told apart by silence alone, and the one AD structure that is a press of its device."""

    driver: AdvertisementDriver
    kind: int
    data: bytes
    address: str
    key: bytes | None

    def read(self, data: bytes) -> Decoded:
        """What the driver makes of this."""
        try:
            return self.driver.decode(Advertisement(data, self.address), self.key)
        except Refused:
            return Decoded()

    def rings(self, data: bytes) -> bool:
        return any(one.kind in PRESSES for one in self.read(data).measurements)


def pressed() -> Iterator[Pressed]:
    """One for each such driver, out of its vectors."""
    found = set()
    for driver, frame in vectors.frames():
        if not isinstance(driver, AdvertisementDriver) or not driver.presses.silence_s or driver.name in found:
            continue
        structures = ad_structures(frame.data) if any(one["kind"] in PRESSES for one in frame.expect) else ()
        for kind, data in structures:
            structure = bytes((len(data) + 1, kind)) + data
            one = Pressed(driver, kind, structure, frame.address, bytes.fromhex(frame.key) or None)
            if one.rings(structure):
                found.add(driver.name)
                yield one
                break


PRESSED = list(pressed())


def test_no_driver_is_left_out() -> None:
    concerned = {
        driver.name
        for driver in DRIVERS
        if isinstance(driver, AdvertisementDriver) and driver.presses.silence_s and set(PRESSES) & set(driver.measures)
    }

    assert {one.driver.name for one in PRESSED} == concerned


@pytest.mark.parametrize("press", PRESSED, ids=[one.driver.name for one in PRESSED])
async def test_three_presses_53_s_apart_are_three_though_the_band_says_that_it_lives_in_the_other_kind_of_data(
    press: Pressed, bluez: FakeBluez
) -> None:
    said = [
        (at_s, press.data if at_s % 53 < 3 else ALIVE[press.kind])
        for at_s in range(3 * 53)
        if at_s % 53 % 3 == 0 or at_s % 53 < 3
    ]
    heard: list[Heard] = []

    async with Radio().scanning("hci0", heard.append):
        for _, data in said:
            bluez.advertise(BAND, data)
        await eventually(lambda: len(heard) == len(said))

    memory, rung = PressMemory("this boot"), []
    for (at_s, _), one in zip(said, heard, strict=True):
        found, memory, _ = deduplicate_presses(press.driver.presses, memory, press.read(one.advertisement.data), at_s)
        rung += [at_s for measurement in found.measurements if measurement.kind in PRESSES]
    assert rung == [0, 53, 106]


async def test_who_the_sender_is_is_told_by_all_that_it_ever_said(bluez: FakeBluez) -> None:
    heard: list[Heard] = []

    async with Radio().scanning("hci0", heard.append):
        bluez.advertise(BAND, OF_MAKER)
        bluez.advertise(BAND, OF_SERVICE)
        await eventually(lambda: len(heard) == 2)

    assert heard[1].everything.data == OF_SERVICE[3:] + OF_MAKER[3:], "without the flags"
    assert heard[1].advertisement.data == OF_SERVICE[3:]


async def test_what_bluetoothd_kept_from_before_is_not_handed_over_when_a_scan_begins(bluez: FakeBluez) -> None:
    """A press of a minute ago must not ring again because the scan, or the gateway, was started anew."""

    heard: list[Heard] = []
    async with Radio().scanning("hci0", heard.append):
        bluez.advertise(BAND, OF_MAKER)
        await eventually(lambda: heard)
    again: list[Heard] = []
    async with Radio().scanning("hci0", again.append):
        bluez.advertise(BAND, OF_SERVICE)
        await eventually(lambda: again)

    assert again[0].advertisement.data == OF_SERVICE[3:]


@pytest.mark.parametrize("name", bleak_internals.OF_BLEAK)
def test_bleak_still_has_it(name: str) -> None:
    assert hasattr(BlueZManager(), name)


def test_telephones_that_change_their_address_for_years_take_no_more_room_and_no_bands_place() -> None:
    last, telephone, alive = LastTold({}), {"ManufacturerData": object()}, {"ManufacturerData": object()}
    last.carried("band", alive)
    for number in range(2 * MOST):
        last.carried(f"telephone {number}", telephone)
        assert not last.carried("band", alive).manufacturer_data

    assert len(last) == MOST
