"""One reading is one reading: the same device, kind, time and value, or the same id. In little memory. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_left

from drivers.measurement import Value
from gateway.replay.lines import ReadingLine

SEQS = 1 << 9  # in one piece of the bitmap of an origin


class Duplicates:
    """Sixteen bytes a reading, and a bit for its id."""

    def __init__(self) -> None:
        self._series: dict[tuple[str, str], Series] = {}
        self._ids: dict[tuple[str, int], bytearray] = {}
        self._odd_ids: set[str] = set()

    def is_new(self, device: str, line: ReadingLine) -> bool:
        """Whether it came for the first time; then it is remembered."""
        if line.id and not self._is_new_id(line.id):
            return False
        key = (device, line.kind)
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = Series()
        return series.is_new(line.at_ms, line.value)

    def _is_new_id(self, id_: str) -> bool:
        origin, _, tail = id_.rpartition("/")
        if not (tail.isascii() and tail.isdecimal() and len(tail) < 19 and str(int(tail)) == tail):
            new = id_ not in self._odd_ids
            self._odd_ids.add(id_)
            return new
        piece, bit = divmod(int(tail), SEQS)
        bits = self._ids.get((origin, piece))
        if bits is None:
            bits = self._ids[origin, piece] = bytearray(SEQS // 8)
        byte, mask = bit >> 3, 1 << (bit & 7)
        new = not bits[byte] & mask
        bits[byte] |= mask
        return new


class Series:
    """Of one device and kind: when there were readings, and of what value; in the order of their times."""

    def __init__(self) -> None:
        self._at_ms = array("q")
        self._marks = array("d")

    def is_new(self, at_ms: int, value: Value) -> bool:
        """Mostly it is the newest."""
        mark = _mark(value)
        times = self._at_ms
        if not times or at_ms > times[-1]:
            times.append(at_ms)
            self._marks.append(mark)
            return True
        place = bisect_left(times, at_ms)
        while place < len(times) and times[place] == at_ms:
            if self._marks[place] == mark:
                return False
            place += 1
        times.insert(place, at_ms)
        self._marks.insert(place, mark)
        return True


def _mark(value: Value) -> float:
    """A number that tells the value from others."""
    if isinstance(value, int | float):
        return float(value)
    return float(hash(value) % (1 << 52))
