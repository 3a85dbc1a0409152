"""Which records of a hub were heard in the last minute: what it repeats after a restart of ours counts once."""

from __future__ import annotations

from pathlib import Path

from gateway.clock import Clock
from gateway.store.tail import Row, Tail

LONGEST_REPEATS_S = 60.0  # a hub tells a record again so long after the first time


class HeardRecords:
    """Rows are driver, device, record, when (monotonic seconds). Those of another boot may be there too: that one of them has
    the device, the number and the very time of a new one is as good as out of the question, and its boot would double what is
    written."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._tail, self._clock = Tail(folder, "records"), clock
        self._turned_s = clock.monotonic_s()
        self._unwritten: list[Row] = []

    def __bool__(self) -> bool:
        """Whether something waits to be written."""
        return bool(self._unwritten)

    def add(self, driver: str, device: str, record: int) -> None:
        """It came, and the device may repeat it."""
        self._unwritten.append((driver, device, record, int(self._clock.monotonic_s())))

    def before(self) -> list[Row]:
        """Those of the lives before. They are written again: this life begins in the file that may hold them."""
        rows = self._tail.rows()
        now_s = self._clock.monotonic_s()
        self._unwritten += [row for row in rows if 0 <= now_s - row[3] < LONGEST_REPEATS_S]
        return rows

    def write(self) -> None:
        """What came since; it survives the process when this returns. Blocks."""
        rows, self._unwritten = self._unwritten, []
        if self._clock.monotonic_s() - self._turned_s >= LONGEST_REPEATS_S:
            self._turned_s = self._clock.monotonic_s()
            self._tail.turn()
        if rows:
            self._tail.write(rows)
