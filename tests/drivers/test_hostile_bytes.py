"""No input harms a driver: cut, changed or somebody else's, it gives measurements or a reason, and never anything else."""

from __future__ import annotations

import tracemalloc

import pytest
from msgspec.structs import replace

import drivers
from drivers.driver import REASONS, AdvertisementDriver, ConnectionDriver, Driver, Refused, SerialDriver
from drivers.framing import ad_structures
from tests.drivers import vectors
from tests.drivers.running import decoded
from tests.drivers.vectors import Frame, Streamed

EVERY_DRIVER = pytest.mark.parametrize("driver", drivers.DRIVERS, ids=lambda driver: driver.name)
SHARED = ("2a19", "2a2b", "2a08")  # battery and clock are understood by every ble-* driver
IBEACON = bytes.fromhex("ff4c000215")  # many a maker's frame; to the driver ibeacon it says: alive


def changed(frame: Frame, data: bytes) -> Frame:
    return replace(frame, hex=data.hex())


def validate_output(found: Streamed) -> bool:
    return all(reason in REASONS for reason in found.refused)


@EVERY_DRIVER
@pytest.mark.fault("bytes from outside", "frames cut at every byte", promise="understood or refused")
def test_every_truncation_is_understood_or_refused(driver: Driver) -> None:
    for frame in vectors.BY_DRIVER[driver.name].frame:
        for size in range(len(frame.data)):
            assert validate_output(decoded(driver, changed(frame, frame.data[:size]))), frame.name


@EVERY_DRIVER
@pytest.mark.fault("bytes from outside", "every byte of a frame changed", promise="understood or refused")
def test_every_flipped_byte_is_understood_or_refused(driver: Driver) -> None:
    for frame in vectors.BY_DRIVER[driver.name].frame:
        for at in range(len(frame.data)):
            for flip in (0x01, 0x80, 0xFF):
                data = bytearray(frame.data)
                data[at] ^= flip
                assert validate_output(decoded(driver, changed(frame, bytes(data)))), frame.name


@pytest.mark.fault("bytes from outside", "a flipped bit in a record of a hub", promise="never taken for a measurement")
def test_a_flipped_bit_in_a_record_of_the_hub_is_never_taken_for_a_measurement() -> None:
    driver = drivers.driver("serial-hub")
    good = next(frame for frame in vectors.BY_DRIVER["serial-hub"].frame if frame.name == "a calm pulse")
    inside = range(len(good.data) - 1)  # the zero that ends it is no part of it

    for at in inside:
        for bit in range(8):
            data = bytearray(good.data)
            data[at] ^= 1 << bit
            assert decoded(driver, changed(good, bytes(data))).measurements == []


@pytest.mark.parametrize(
    ("name", "sealed_from"),
    [
        pytest.param("bthome", 7, id="bthome, from the device information on"),
        pytest.param("mibeacon", 18, id="mibeacon, from the objects on"),
    ],
)
@pytest.mark.fault("bytes from outside", "a flipped bit in an encrypted frame", promise="never taken for a press")
def test_a_flipped_bit_in_an_encrypted_frame_is_never_taken_for_a_press(name: str, sealed_from: int) -> None:
    driver = drivers.driver(name)
    good = next(frame for frame in vectors.BY_DRIVER[name].frame if frame.name == "encrypted press")

    for at in range(sealed_from, len(good.data)):
        for bit in range(8):
            data = bytearray(good.data)
            data[at] ^= 1 << bit
            assert decoded(driver, changed(good, bytes(data))).measurements == []


@EVERY_DRIVER
def test_frames_of_other_drivers_give_no_measurement(driver: Driver) -> None:
    for other, frame in vectors.frames():
        if other is driver or frame.characteristic in SHARED or frame.refused == ["not_mine"]:
            continue
        foreign = replace(frame, key="")  # a key is of one driver: another would take it for an identity of its own
        if isinstance(driver, ConnectionDriver) and not foreign.characteristic:
            continue  # a connection has no values without a characteristic
        if isinstance(driver, SerialDriver) and not isinstance(other, SerialDriver):
            continue  # nothing of the air comes over a line; where frames have no checksum, four bytes of it may look like one
        found = decoded(driver, foreign)

        assert found.measurements == [], (frame.name, found)
        if isinstance(driver, AdvertisementDriver | ConnectionDriver) and type(driver) is type(other):
            assert found.refused == ["not_mine"] or understood(driver, frame), frame.name


def understood(driver: Driver, frame: Frame) -> bool:
    """Whether a driver may say more of another's advertisement than that it is not its own."""
    return not whole(frame.data) or (driver.name == "ibeacon" and IBEACON in frame.data)


def whole(record: bytes) -> bool:
    """Whether every structure of an advertisement is there."""
    try:
        return bool(list(ad_structures(record)))
    except Refused:
        return False


@pytest.mark.fault("bytes from outside", "an endless stream of garbage", promise="no memory grows")
def test_a_stream_of_garbage_never_grows_the_hubs_memory() -> None:
    driver = drivers.driver("serial-hub")
    assert isinstance(driver, SerialDriver)
    decoder = driver.decoder()
    garbage = b"\x55" * 4096

    tracemalloc.start()
    for _ in range(1000):
        assert decoder.feed(garbage) == []
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert kept < 2048
    assert vectors.sort(decoder.feed(b"\0")).refused == ["length"]


@pytest.mark.fault("bytes from outside", "garbage of any length before a frame", promise="the frame counts")
def test_after_garbage_of_any_length_the_next_frame_counts() -> None:
    driver = drivers.driver("serial-hub")
    assert isinstance(driver, SerialDriver)
    good = next(frame for frame in vectors.BY_DRIVER["serial-hub"].frame if frame.name == "a calm pulse").data

    for size in range(0, 1100, 7):
        found = vectors.sort(driver.decoder().feed(b"\x55" * size + b"\0" + good))
        assert [measurement.value for measurement in found.measurements] == [72]
        assert found.refused == (["length"] if size else [])
