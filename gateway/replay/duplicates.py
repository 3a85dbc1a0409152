"""One reading is one reading: the same device, kind, time and value, or the same id. In bounded memory. Pure.

Of a stream that has no end not everything can be remembered. Presses and falls are, for they call however late they come.
Of all else what was measured more than two days ago is forgotten: a rule takes nothing that is older than one day, so
that a second one of it tells nobody anything. Ids that count up are remembered for ever, as bits; others for a day or two.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left

from drivers.measurement import Value
from drivers.presses import PRESSES
from gateway.replay.lines import ReadingLine

SEQS = 1 << 9  # in one piece of the bitmap of an origin
LOOK_MS = 48 * 3_600_000
FEW = 1 << 12  # readings of a series: fewer are not worth a look at how old they are


class Duplicates:
    """Sixteen bytes a reading of two days, and a bit for its id."""

    def __init__(self) -> None:
        self._series: dict[tuple[str, str], Series] = {}
        self._ids: dict[tuple[str, int], bytearray] = {}
        self._odd_ids: set[str] = set()  # of the day, since `_odd_since_ms`
        self._odd_before: set[str] = set()  # of the day before it
        self._odd_since_ms = 0

    @property
    def odd_ids(self) -> int:
        """How many ids that do not count up are remembered."""
        return len(self._odd_ids) + len(self._odd_before)

    def is_new(self, device: str, line: ReadingLine, now_ms: int) -> bool:
        """Whether it came for the first time; then it is remembered."""
        if line.id and not self._is_new_id(line.id, now_ms):
            return False
        key = (device, line.kind)
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = Series(forgets=line.kind not in PRESSES)
        return series.is_new(line.at_ms, line.value, now_ms)

    def _is_new_id(self, id_: str, now_ms: int) -> bool:
        origin, _, tail = id_.rpartition("/")
        if not (tail.isascii() and tail.isdecimal() and len(tail) < 19 and str(int(tail)) == tail):
            return self._is_new_odd(id_, now_ms)
        piece, bit = divmod(int(tail), SEQS)
        bits = self._ids.get((origin, piece))
        if bits is None:
            bits = self._ids[origin, piece] = bytearray(SEQS // 8)
        byte, mask = bit >> 3, 1 << (bit & 7)
        new = not bits[byte] & mask
        bits[byte] |= mask
        return new

    def _is_new_odd(self, id_: str, now_ms: int) -> bool:
        if now_ms - self._odd_since_ms >= LOOK_MS // 2:
            self._odd_before, self._odd_ids, self._odd_since_ms = self._odd_ids, set(), now_ms
        if id_ in self._odd_ids or id_ in self._odd_before:
            return False
        self._odd_ids.add(id_)
        return True


class Series:
    """Of one device and kind: when there were readings, and of what value; in the order of their times.

    `forgets`: those of more than two days ago.
    """

    def __init__(self, *, forgets: bool) -> None:
        self._at_ms = array("q")
        self._marks = array("d")
        self._full = FEW if forgets else 1 << 62  # so many, and the old ones are looked for

    def __len__(self) -> int:
        return len(self._at_ms)

    def is_new(self, at_ms: int, value: Value, now_ms: int) -> bool:
        """Mostly it is the newest."""
        mark, times = _mark(value), self._at_ms
        if len(times) >= self._full:
            self._forget(now_ms - LOOK_MS)
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

    def _forget(self, before_ms: int) -> None:
        """And looks again when there are twice as many as are left."""
        old = bisect_left(self._at_ms, before_ms)
        del self._at_ms[:old]
        del self._marks[:old]
        self._full = max(FEW, 2 * len(self._at_ms))


def _mark(value: Value) -> float:
    """A number that tells the value from others."""
    if isinstance(value, int | float):
        return float(value)
    return float(hash(value) % (1 << 52))
