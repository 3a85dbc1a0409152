"""Which records of a hub were heard in the last minute: what it repeats after a restart of ours counts once."""

from __future__ import annotations

import zlib
from collections import deque
from contextlib import suppress
from pathlib import Path

from gateway.clock import Clock
from gateway.store.tail import Row, Tail

LONGEST_REPEATS_S = 60.0  # a hub tells a record again so long after the first time
SECONDS = 1 << 32  # of all boots together


class HeardRecords:
    """Rows are driver, device, record, when. In the file that is seconds from a moment of the boot's own, which costs no byte
    more than those of its clock: records of another boot lie years away, though each boot of a machine takes the same time and
    a hub that lost its power too counts anew.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._tail, self._clock = Tail(folder, "records"), clock
        self._turned_s = clock.monotonic_s()
        self._boot_s = zlib.crc32(clock.boot.encode())
        self._new: list[Row] = []
        self._unsettled: deque[tuple[int, list[Row]]] = deque()  # numbers, below which the readings of these records are
        self._settled: list[Row] = []

    def __bool__(self) -> bool:
        """Whether any is not written yet."""
        return bool(self._new or self._unsettled or self._settled)

    def add(self, driver: str, device: str, record: int) -> None:
        """It came, and the device may repeat it. Its readings get their numbers before anything else happens."""
        self._new.append((driver, device, record, (self._boot_s + int(self._clock.monotonic_s())) % SECONDS))

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
        """Those of the lives before in this boot: when is monotonic seconds. They are written again: this life begins in the
        file that may hold them."""
        now_s = int(self._clock.monotonic_s())
        rows = list[Row]()
        with suppress(OSError):  # then a record that comes again counts twice, which is better than not at all
            rows = self._tail.rows()
        aged = [(row, (self._boot_s + now_s - row[3]) % SECONDS) for row in rows]
        lately = [(row, age_s) for row, age_s in aged if age_s < LONGEST_REPEATS_S]
        self._settled += [row for row, _ in lately]
        return [(*row[:3], now_s - age_s) for row, age_s in lately]

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
