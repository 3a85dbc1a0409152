"""Which records of a hub were heard in the last minute: what it repeats after a restart of ours counts once."""

from __future__ import annotations

from collections import deque
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
        self._new: list[Row] = []
        self._unsettled: deque[tuple[int, list[Row]]] = deque()  # numbers, below which the readings of these records are
        self._settled: list[Row] = []

    def add(self, driver: str, device: str, record: int) -> None:
        """It came, and the device may repeat it. Its readings get their numbers before anything else happens."""
        self._new.append((driver, device, record, int(self._clock.monotonic_s())))

    def settle(self, next_number: int, ready_below: int) -> None:
        """Readings below `ready_below` are about to survive the process, the next one is `next_number`.

        A record may be known as heard only once its readings are safe: else a kill would take them, and the one that the device
        tells again would count for nothing.
        """
        if self._new:
            self._unsettled.append((next_number, self._new))
            self._new = []
        while self._unsettled and self._unsettled[0][0] <= ready_below:
            self._settled += self._unsettled.popleft()[1]

    def drop(self) -> None:
        """What is not settled will not be: the disk refuses, and its readings are in memory alone."""
        self._new.clear()
        self._unsettled.clear()

    def before(self) -> list[Row]:
        """Those of the lives before. They are written again: this life begins in the file that may hold them."""
        rows = self._tail.rows()
        now_s = self._clock.monotonic_s()
        self._settled += [row for row in rows if 0 <= now_s - row[3] < LONGEST_REPEATS_S]
        return rows

    def settled(self) -> list[Row]:
        """What is settled and not written yet."""
        rows, self._settled = self._settled, []
        return rows

    def write(self, rows: list[Row]) -> None:
        """They survive the process when this returns. Blocks."""
        if not rows:
            return
        if self._clock.monotonic_s() - self._turned_s >= LONGEST_REPEATS_S:
            self._turned_s = self._clock.monotonic_s()
            self._tail.turn()
        self._tail.write(rows)
