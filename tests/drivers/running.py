"""Runs a vector: a frame through a fresh driver, a sequence through the driver and the deduplication of presses."""

from __future__ import annotations

from datetime import datetime

from drivers.bands import omron_bp, omron_bp_records
from drivers.bluetooth_uuid import parse_uuid
from drivers.driver import Advertisement, AdvertisementDriver, ConnectionDriver, Decoded, Driver, Refused, SerialDriver
from drivers.presses import PressMemory, deduplicate_presses
from tests.drivers import vectors
from tests.drivers.vectors import Frame, Series, Streamed


def decoded(driver: Driver, frame: Frame) -> Streamed:
    """What a fresh driver makes of one input."""
    if isinstance(driver, SerialDriver):
        decoder = driver.decoder()
        return vectors.sort([*decoder.feed(frame.data), *decoder.close()])
    try:
        if isinstance(driver, AdvertisementDriver):
            found = driver.decode(Advertisement(frame.data, frame.address), bytes.fromhex(frame.key) or None)
        else:
            found = told(driver, frame, at(frame))
    except Refused as why:
        return Streamed([], [why.refusal.reason], {}, [])
    return Streamed(found.measurements, [refusal.reason for refusal in found.refusals], found.status, [])


def told(driver: ConnectionDriver, frame: Frame, when: datetime | None) -> Decoded:
    """What a band told: a value of a characteristic, or a record out of its memory. Raises Refused."""
    if frame.model and driver is omron_bp.DRIVER:
        return omron_bp_records.decode(frame.model, frame.data)
    return driver.decode(parse_uuid(frame.characteristic), frame.data, when)


def at(frame: Frame) -> datetime | None:
    """When it was received, where the vector says."""
    return datetime.fromisoformat(frame.at) if frame.at else None


def follow(driver: AdvertisementDriver, sequence: Series) -> None:
    """Raises AssertionError at the first advertisement that does not give what the sequence says."""
    memory = PressMemory("this boot")
    for step in sequence.step:
        advertisement = Advertisement(bytes.fromhex(step.hex), sequence.address)
        found = driver.decode(advertisement, bytes.fromhex(sequence.key) or None)

        deduplicated, memory, _ = deduplicate_presses(driver.presses, memory, found, step.at_s)

        assert vectors.same(deduplicated.measurements, step.expect), (step, deduplicated)
        assert [refusal.reason for refusal in deduplicated.refusals] == step.refused, step
