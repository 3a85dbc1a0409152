"""The frames of SQLite's journal (the WAL) by their heads alone: SQLite itself judges what in them is whole."""

from __future__ import annotations

import os
import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from gateway.store.folder import is_file
from gateway.store.rescue.again import again, open_to_read

# https://sqlite.org/fileformat2.html#walformat
HEADER = struct.Struct(">8I")  # magic, version, page size, number of the checkpoint, two salts, two sums
FRAME = struct.Struct(">6I")  # page, pages in the file after a commit (else 0), two salts, two sums
BIG_ENDIAN_SUMS = 1  # this bit of the magic

MOST_BYTES = 32_000_000  # SQLite works it into the file at 1 MB; only a very big transaction makes it longer


class JournalFrame(NamedTuple):
    """A page as it was written, and whether a transaction ended with it."""

    page: int
    commits: bool
    data: bytes


class Journal(NamedTuple):
    """All frames of this round, the last one perhaps torn off. `whole`: its header is, so that it is known which they are.

    `under`: the pages of the file that SQLite writes over when it works the frames in. Of a journal that is damaged it takes
    the older ones, and the file may have been newer.
    """

    frames: list[JournalFrame]
    whole: bool
    under: list[JournalFrame] = []  # noqa: RUF012 (of a tuple, never changed)

    def left_behind(self, taken: int) -> bool:
        """Whether SQLite, which took so many frames, left a commit behind.

        It does so without a word where a bit has flipped. The last frame of all does not count: a process that is killed
        while it commits leaves the head of a commit with no page behind it, and nothing of that was promised.
        """
        return self.whole and any(frame.commits for frame in self.frames[taken:-1])


def read(database: Path, page_size: int) -> Journal:
    """Of this database; without frames where there is no journal, or none that can be read. Raises OSError where it is there
    and cannot be opened."""
    data = _bytes_of(database.with_name(database.name + "-wal"))
    starts = range(HEADER.size, len(data) - FRAME.size - page_size + 1, FRAME.size + page_size)
    heads = [FRAME.unpack_from(data, start) for start in starts]
    if not heads:
        return Journal([], whole=False)
    salts = _salts(data, [head[2:4] for head in heads])
    frames = [
        JournalFrame(head[0], head[1] > 0, data[start + FRAME.size : start + FRAME.size + page_size])
        for head, start in zip(heads, starts, strict=True)
        if head[2:4] == salts
    ]
    smallest = min((head[1] for head in heads if head[1] and head[2:4] == salts), default=0)
    return Journal(frames, _is_whole(data), list(_pages(database, page_size, {frame.page for frame in frames}, smallest)))


def _bytes_of(wal: Path) -> bytes:
    if not is_file(wal):  # a FIFO would be waited for
        return b""
    file = open_to_read(wal)
    try:
        with suppress(OSError):
            return again(partial(os.pread, file, MOST_BYTES, 0))
    finally:
        os.close(file)
    return b""


def _pages(database: Path, page_size: int, over: set[int], smallest: int) -> Iterator[JournalFrame]:
    """As they stand in the file, those that can be read; also those behind the end that it gets by one of the frames."""
    if not is_file(database):
        return
    file = open_to_read(database)
    try:
        last = os.fstat(file).st_size // page_size
        behind = range(smallest + 1, min(last, smallest + MOST_BYTES // page_size) + 1) if smallest else ()
        for number in sorted(over.union(behind) - {0}):
            with suppress(OSError):
                page = again(partial(os.pread, file, page_size, (number - 1) * page_size))
                if len(page) == page_size:
                    yield JournalFrame(number, commits=False, data=page)
    finally:
        os.close(file)


def _salts(data: bytes, of_frames: list[tuple[int, int]]) -> tuple[int, int]:
    """What the frames of this round have in common; behind them stand those of rounds before."""
    if _is_whole(data):
        first, second = HEADER.unpack_from(data)[4:6]
        return first, second
    often = Counter(of_frames)
    return next((salts for salts in of_frames if often[salts] > 1 and any(salts)), of_frames[0])


def _is_whole(data: bytes) -> bool:
    """Whether the header fits its sums (https://sqlite.org/fileformat2.html#checksum_algorithm)."""
    magic, *_, first_sum, second_sum = HEADER.unpack_from(data)
    one = two = 0
    for left, right in struct.iter_unpack(">2I" if magic & BIG_ENDIAN_SUMS else "<2I", data[: HEADER.size - 8]):
        one = (one + left + two) & 0xFFFFFFFF
        two = (two + right + one) & 0xFFFFFFFF
    return (one, two) == (first_sum, second_sum)
