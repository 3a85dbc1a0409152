"""What became whole on a serial line at one time, in records of one band each. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from drivers.driver import Item, SerialDriver
from drivers.measurement import Measurement
from gateway.intake.frame import DriverTraits, ReceivedAt

Record = list[Measurement]


class Chunk(Struct, frozen=True):
    """What is the same for all of them: the clock is read once. `source`: what the supervision of bands calls the port."""

    port: str
    source: str
    driver: SerialDriver
    traits: DriverTraits
    at: ReceivedAt


def records(items: Sequence[Item]) -> Iterator[Record | Item]:
    """The items, with the measurements of one record of one band together; none has its first kind twice."""
    record: Record = []
    for item in items:
        if type(item) is Measurement:
            if record and not _continues(record[0], item):
                yield record
                record = []
            record.append(item)
            continue
        if record:
            yield record
            record = []
        yield item
    if record:
        yield record


def _continues(first: Measurement, next_one: Measurement) -> bool:
    return next_one.record == first.record is not None and next_one.address == first.address and next_one.kind != first.kind
