"""The stored records of Colmi rings: the pulses of a day, and tables of days on the second channel.

`colmi_ring.py` has the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from drivers.bands import vital_signs
from drivers.bands.colmi_ring_frames import AUTOMATIC_TEMPERATURE, encoded
from drivers.bands.pieces import Joiner
from drivers.driver import Decoded, Refusal, Refused
from drivers.framing import need
from drivers.measurement import Kind, Measurement

DAY_MIN = 24 * 60

# --- the pulses of a day ------------------------------------------------------------------------------------------------

_NOTHING_STORED = 0xFF
_TIME_BYTES = 4


class Pulses:
    """Takes the frames of one day as they come, in whatever order; `over` when they are all there, or none will come."""

    def __init__(self) -> None:
        self.over = False
        self._packets: dict[int, bytes] = {}

    def take(self, frame: bytes) -> Decoded:
        """The pulses of the day, when it is whole with this frame. Raises Refused."""
        number = frame[1]
        self._packets[number] = frame[2:-1]
        count, step = self._packets.get(0, b"\xff\0")[:2]
        if number != _NOTHING_STORED and any(one not in self._packets for one in range(count)):
            return Decoded()
        self.over = True
        if number == _NOTHING_STORED or count < 2:
            return Decoded()
        if step == 0:
            raise Refused("implausible", "a pulse every 0 minutes")
        packets = b"".join(self._packets[one] for one in range(1, count))
        return Decoded(list(_pulses(packets, step)))


def _pulses(packets: bytes, step_min: int) -> Iterator[Measurement]:
    """Time of the midnight, then a pulse every so many minutes; what is behind the day is padding."""
    midnight = datetime.fromtimestamp(int.from_bytes(packets[:_TIME_BYTES], "little"), UTC).replace(tzinfo=None)
    pulses = packets[_TIME_BYTES:]
    for minute, bpm in zip(range(0, DAY_MIN, step_min), pulses, strict=False):
        yield from vital_signs.stamped(vital_signs.heart_rate(bpm), midnight + timedelta(minutes=minute))


# --- tables of days: BC, type, length of the payload u16 little endian, two bytes that are not checked, payload -----------

_HEAD = 6
_LONGEST = _HEAD + 10 * 50  # ten days


class DayTable(Struct, frozen=True):
    """Days one behind the other; of each so many bytes of `head`, then a value every so many bytes, and minutes."""

    request: bytes
    head: int
    every: int
    minutes: int
    read: Callable[[int], list[Measurement]]
    switch: bytes = b""  # what must be on, or nothing is stored

    @property
    def day_bytes(self) -> int:
        """How many bytes a day has."""
        return self.head + DAY_MIN // self.minutes * self.every

    @property
    def clocks(self) -> list[str]:
        """When each value of a day was measured."""
        return [f"T{minute // 60:02}:{minute % 60:02}:00" for minute in range(0, DAY_MIN, self.minutes)]


def _temperature(tenths_above_20: int) -> list[Measurement]:
    if tenths_above_20 in (0, 255):
        return []
    return [Measurement(kind="skin_temperature", value=(200 + tenths_above_20) / 10)]


TABLES: dict[Kind, DayTable] = {
    "oxygen_saturation": DayTable(bytes.fromhex("bc2a0100ff00ff"), head=1, every=2, minutes=60, read=vital_signs.oxygen),
    "skin_temperature": DayTable(
        bytes.fromhex("bc2501003e8102"),
        head=2,
        every=1,
        minutes=30,
        read=_temperature,
        switch=encoded(AUTOMATIC_TEMPERATURE, 3, 2, 1),
    ),
}
_BY_TYPE = {table.request[1]: table for table in TABLES.values()}


def joiner() -> Joiner:
    """Joins the notifications of the second channel."""
    return Joiner(_size, re.compile(b"\xbc"))


def _size(data: bytes) -> int | None:
    if data[0] != 0xBC:
        raise Refused("not_mine", f"first byte {data[0]:02x}, not bc")
    if len(data) < _HEAD:
        return None
    size = int.from_bytes(data[2:4], "little") + _HEAD
    if size > _LONGEST:
        raise Refused("length", f"says {size} bytes, a frame has at most {_LONGEST}")
    return size


def decode(frame: bytes, at: datetime | None) -> Decoded:
    """The days of a table. `at`: the ring's time, from which they are counted back. Raises Refused."""
    need(frame, 1, "table")
    size = _size(frame)
    if size != len(frame):
        raise Refused("length", f"table: {len(frame)} bytes, says {size}")
    table = _BY_TYPE.get(frame[1])
    if table is None:
        raise Refused("unsupported", f"table {frame[1]:02x}")
    days = frame[_HEAD:]
    if len(days) % table.day_bytes:
        raise Refused("length", f"table {frame[1]:02x}: {len(days)} bytes, each day has {table.day_bytes}")
    if at is None:
        raise Refused("unsupported", "it tells days as so many days ago, and nobody said of when it is")
    decoded = Decoded()
    for start in range(0, len(days), table.day_bytes):
        _read_day(table, days[start : start + table.day_bytes], at, decoded)
    return decoded


def _read_day(table: DayTable, day: bytes, at: datetime, decoded: Decoded) -> None:
    """Adds what a day holds; a value that cannot be is left out, and counted."""
    if table.head == 2 and day[1] != table.minutes:
        decoded.refusals.append(Refusal("unsupported", f"a value every {day[1]} minutes, not {table.minutes}"))
        return
    date = (at.date() - timedelta(days=day[0])).isoformat()
    for clock, value in zip(table.clocks, day[table.head :: table.every], strict=True):
        try:
            measurements = table.read(value)
        except Refused as why:
            decoded.refusals.append(why.refusal)
            continue
        for measurement in measurements:
            decoded.measurements.append(replace(measurement, device_time=date + clock, history=True))
