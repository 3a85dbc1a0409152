"""Every vector beside every driver means what it says."""

from __future__ import annotations

import msgspec
import pytest

import drivers
from drivers.driver import AdvertisementDriver, ConnectionDriver, Driver, SerialDriver
from drivers.measurement import Measurement
from drivers.serial_line import serial_hub_commands
from tests.drivers import vectors
from tests.drivers.band import play
from tests.drivers.running import decoded, follow
from tests.drivers.vectors import Command, Dialogue, Frame, Series


def test_every_driver_has_vectors() -> None:
    assert set(vectors.BY_DRIVER) == {driver.name for driver in drivers.DRIVERS}


@pytest.mark.parametrize(
    ("driver", "frame"), [pytest.param(driver, frame, id=f"{driver.name}: {frame.name}") for driver, frame in vectors.frames()]
)
def test_a_frame(driver: Driver, frame: Frame) -> None:
    found = decoded(driver, frame)

    assert vectors.same(found.measurements, frame.expect, in_order=isinstance(driver, SerialDriver)), found.measurements
    assert found.refused == frame.refused
    assert frame.status is None or found.status == frame.status
    assert found.advertisements == frame.advertisements


@pytest.mark.parametrize(
    ("driver", "frame"),
    [pytest.param(d, frame, id=f"{d.name}: {frame.name}") for d, frame in vectors.frames() if isinstance(d, SerialDriver)],
)
def test_a_stream_means_the_same_in_whatever_pieces_it_comes(driver: SerialDriver, frame: Frame) -> None:
    decoder = driver.decoder()

    items = [item for byte in frame.data for item in decoder.feed(bytes((byte,)))] + decoder.close()

    assert vectors.sort(items) == decoded(driver, frame)


@pytest.mark.parametrize(
    ("driver", "sequence"),
    [
        pytest.param(drivers.driver(one.driver), sequence, id=f"{one.driver}: {sequence.name}")
        for one in vectors.ALL
        for sequence in one.sequence
    ],
)
def test_a_sequence(driver: AdvertisementDriver, sequence: Series) -> None:
    follow(driver, sequence)


@pytest.mark.parametrize(
    ("driver", "dialogue"),
    [
        pytest.param(drivers.driver(one.driver), dialogue, id=f"{one.driver}: {dialogue.name}")
        for one in vectors.ALL
        for dialogue in one.dialogue
    ],
)
def test_a_dialogue(driver: ConnectionDriver, dialogue: Dialogue) -> None:
    play(driver, dialogue)


@pytest.mark.parametrize("command", vectors.BY_DRIVER["serial-hub"].command, ids=lambda command: command.name)
def test_a_command_to_the_hub(command: Command) -> None:
    assert said(command).hex() == command.hex


def said(command: Command) -> bytes:
    match command.does:
        case "received" | "help_on_the_way":
            return serial_hub_commands.signal(command.command, command.address, command.does)
        case "measure":
            return serial_hub_commands.measure_now(command.command, command.address)
        case "show_text":
            return serial_hub_commands.show_text(command.command, command.address, command.text)
    raise AssertionError(command.does)


def test_what_is_decoded_survives_being_stored_as_json() -> None:
    for driver, frame in vectors.frames():
        measurements = decoded(driver, frame).measurements

        assert msgspec.json.decode(msgspec.json.encode(measurements)) == [plain(one) for one in measurements]


def plain(measurement: Measurement) -> object:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in msgspec.to_builtins(measurement).items()}
