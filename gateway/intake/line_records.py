"""What became whole on a serial line, in records of one band each. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drivers.driver import Item
from drivers.measurement import Measurement

Record = list[Measurement]


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
