"""The frames of SQLite's journal (the WAL) by their heads alone: SQLite itself judges what in them is whole."""

from __future__ import annotations

import struct
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

# https://sqlite.org/fileformat2.html#walformat
HEADER = struct.Struct(">8I")  # magic, version, page size, number of the checkpoint, two salts, two sums
FRAME = struct.Struct(">6I")  # page, pages in the file after a commit (else 0), two salts, two sums
MAGIC = frozenset({0x377F0682, 0x377F0683})

MOST_BYTES = 32_000_000  # SQLite works it into the file at 1 MB; only a very big transaction makes it longer


class Frame(NamedTuple):
    """A page as it was written, and whether a transaction ended with it."""

    page: int
    commits: bool
    data: bytes


def frames(wal: Path, page_size: int) -> list[Frame]:
    """All of this round, the last one perhaps torn off; none where there is no journal, or none that can be read."""
    data = b""
    with suppress(OSError), wal.open("rb") as file:
        data = file.read(MOST_BYTES)
    starts = range(HEADER.size, len(data) - FRAME.size - page_size + 1, FRAME.size + page_size)
    heads = [FRAME.unpack_from(data, start) for start in starts]
    if not heads:
        return []
    magic, *_, first, second, _, _ = HEADER.unpack_from(data)
    salts = (first, second) if magic in MAGIC else Counter(head[2:4] for head in heads).most_common(1)[0][0]
    return [
        Frame(head[0], head[1] > 0, data[start + FRAME.size : start + FRAME.size + page_size])
        for head, start in zip(heads, starts, strict=True)
        if head[2:4] == salts
    ]


def committed(found: list[Frame]) -> list[Frame]:
    """Up to the last commit that can be seen."""
    last = max((place for place, frame in enumerate(found, 1) if frame.commits), default=0)
    return found[:last]


def left_behind(found: list[Frame], taken: int) -> bool:
    """Whether SQLite, which took so many frames, left a commit behind.

    It does so without a word where a bit has flipped. The last frame of all does not count: a process that is killed while
    it commits leaves the head of a commit with no page behind it, and nothing of that was promised.
    """
    return any(frame.commits for frame in found[taken:-1])
