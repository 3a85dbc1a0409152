"""What is in SQLite's journal (the WAL) by its own bytes: SQLite stops without a word where a bit has flipped in it."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# https://sqlite.org/fileformat2.html#walformat
HEADER = struct.Struct(">8I")  # magic, version, page size, number of the checkpoint, two salts, two sums of the first 24 bytes
FRAME = struct.Struct(">6I")  # page, pages in the file after a commit (else 0), two salts, two sums of all up to here
SUMMED = 8  # bytes of a frame's head that are summed, besides its page
BIG_ENDIAN = 0x377F0683  # the magic number when the summed words are

MOST_BYTES = 32_000_000  # SQLite works it into the file at 1 MB; only a very big transaction makes it longer

Sums = tuple[int, int]


@dataclass(frozen=True)
class Frame:
    """A page as it was written, and whether a transaction ended with it."""

    page: int
    commits: bool
    data: bytes


@dataclass(frozen=True)
class Journal:
    """All frames of this round, up to the last commit that can be seen; SQLite takes the first `good` of them.

    Fewer good ones than there are means that something committed is lost to SQLite: a flipped bit, or a power cut in the
    middle of the last commit.
    """

    frames: list[Frame]
    good: int

    @property
    def damaged(self) -> bool:
        """Whether SQLite loses something."""
        return self.good < len(self.frames)


def read(wal: Path, page_size: int) -> Journal:
    """An empty one where there is no file, or none that can be read."""
    data = b""
    with suppress(OSError), wal.open("rb") as file:
        data = file.read(MOST_BYTES)
    starts = range(HEADER.size, len(data) - FRAME.size - page_size + 1, FRAME.size + page_size)
    if not starts:
        return Journal([], 0)
    heads = [FRAME.unpack_from(data, start) for start in starts]
    salts = {HEADER.unpack_from(data)[4:6], heads[0][2:4]}  # either may be what is damaged; older rounds have others
    this_round = [head[2:4] in salts for head in heads]
    commits = [bool(head[1]) and ours for head, ours in zip(heads, this_round, strict=True)]
    last = len(commits) - commits[::-1].index(True) if True in commits else 0
    frames = [
        Frame(head[0], head[1] > 0, data[start + FRAME.size : start + FRAME.size + page_size])
        for head, start, ours in zip(heads[:last], starts, this_round, strict=False)
        if ours
    ]
    return Journal(frames, _good(data, starts, page_size))


def _good(data: bytes, starts: Sequence[int], page_size: int) -> int:
    """How many frames SQLite takes: up to the last commit before the first one whose sums are wrong."""
    header = HEADER.unpack_from(data)
    order = ">" if header[0] == BIG_ENDIAN else "<"
    sums = _add((0, 0), data[: HEADER.size - 8], order)
    good = 0
    if sums != header[6:8]:
        return 0
    for place, start in enumerate(starts, 1):
        head = FRAME.unpack_from(data, start)
        sums = _add(sums, data[start : start + SUMMED], order)
        sums = _add(sums, data[start + FRAME.size : start + FRAME.size + page_size], order)
        if head[2:4] != header[4:6] or head[4:6] != sums:
            break
        if head[1]:
            good = place
    return good


def _add(sums: Sums, data: bytes, order: str) -> Sums:
    first, second = sums
    for one, two in _pairs(data, order):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + two + first) & 0xFFFFFFFF
    return first, second


def _pairs(data: bytes, order: str) -> Iterator[tuple[int, int]]:
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    return zip(words[::2], words[1::2], strict=True)
