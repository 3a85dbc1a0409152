"""What our own drivers give is what a driver may give, of every vector: the wall refuses nothing of theirs."""

from __future__ import annotations

from datetime import datetime

import pytest

import drivers
from drivers.driver import Advertisement, AdvertisementDriver, Decoded, Driver, Refused, SerialDriver
from drivers.soundness import is_sound, is_sound_item, is_whole, unsound_declaration
from tests.drivers import running, vectors
from tests.drivers.vectors import Frame


@pytest.mark.parametrize("driver", drivers.DRIVERS, ids=lambda driver: driver.name)
def test_every_declaration_is_sound(driver: Driver) -> None:
    assert unsound_declaration(driver) == ""


@pytest.mark.parametrize("driver", drivers.DRIVERS, ids=lambda driver: driver.name)
def test_what_every_vector_gives_is_sound(driver: Driver) -> None:
    for of, frame in vectors.frames():
        if of.name == driver.name:
            _is_sound(driver, frame)


def _is_sound(driver: Driver, frame: Frame) -> None:
    if isinstance(driver, SerialDriver):
        decoder = driver.decoder()
        assert all(map(is_sound_item, [*decoder.feed(frame.data), *decoder.close()])), frame.name
        return
    when: datetime | None = running.at(frame)
    try:
        if isinstance(driver, AdvertisementDriver):
            found = driver.decode(Advertisement(frame.data, frame.address), bytes.fromhex(frame.key) or None)
        else:
            found = running.told(driver, frame, when)
    except Refused as why:
        found = Decoded(refusals=[why.refusal])
    assert is_whole(found), frame.name
    assert all(map(is_sound, found.measurements)), frame.name
