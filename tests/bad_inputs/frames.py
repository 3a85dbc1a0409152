"""What is made of the vectors of every driver: frames that are cut, of somebody else, far too long, or no frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

import drivers
from drivers.driver import Driver, SerialDriver
from gateway.intake.plausibility import judge
from tests.drivers import vectors
from tests.drivers.running import decoded
from tests.drivers.vectors import Frame, Streamed


class Bad(NamedTuple):
    """Bytes for this driver, in the place of those of a good frame of its."""

    driver: Driver
    good: Frame
    data: bytes


GOOD_ALL_THE_SAME = (  # what is left is whole, and says something, or that there is nothing to say
    *("ela-touch: its second half missing", "polar: its second half missing", "ble-heart-rate: zeros"),
    *("ble-battery: its first byte alone", "ble-battery: zeros", "ble-location: zeros", "ble-location: noise"),
    *("berry-oximeter: its second half missing", "choicemmed-oximeter: zeros"),
)
NOW_MS = 1_795_500_000_000
BELIEVED_AFTER = 40  # frames without a checksum are believed when so many make sense
NOISE = bytes((at * 73 + 29) % 251 for at in range(600))
CUT: dict[str, Callable[[bytes], bytes]] = {
    "its first byte alone": lambda data: data[:1],
    "its second half missing": lambda data: data[: len(data) // 2],
}
OTHERS: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _data: b"",
    "zeros": lambda data: bytes(len(data)),
    "noise": lambda _data: NOISE,
}


def bad(kind: type[Driver], changes: Mapping[str, Callable[[bytes], bytes]]) -> dict[str, Bad]:
    """For each driver of this kind."""
    found = {}
    for driver in drivers.DRIVERS:
        if isinstance(driver, kind):
            good = next(
                one for one in vectors.BY_DRIVER[driver.name].frame if (one.expect or one.advertisements) and not one.refused
            )
            for name, change in changes.items():
                found[f"{driver.name}: {name}"] = Bad(driver, good, change(good.data))
    for name in GOOD_ALL_THE_SAME:
        found.pop(name, None)
    return found


def refused(planted: Bad) -> str:
    """The reasons; the good frame behind it gives what it should, and at a serial line the same decoder reads it.

    A number that nobody can have is no refusal of the frame: it is kept as invalid or questionable.
    """
    driver, good = planted.driver, planted.good
    if isinstance(driver, SerialDriver):
        decoder = driver.decoder()
        found = vectors.sort([*decoder.feed(planted.data), *decoder.close()])
        behind = vectors.sort([*decoder.feed(good.data * BELIEVED_AFTER), *decoder.close()])
        assert behind.advertisements or vectors.same(behind.measurements[-len(good.expect) :], good.expect), behind
    else:
        found = decoded(driver, replace(good, hex=planted.data.hex()))
    return ", ".join([*found.refused, *_doubts(found)])


def _doubts(found: Streamed) -> Iterator[str]:
    for measurement in found.measurements:
        words = judge(measurement, NOW_MS, None) + measurement.quality
        assert words, measurement
        yield from words
