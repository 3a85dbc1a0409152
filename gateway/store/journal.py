"""How far SQLite's journal (the WAL) goes by its own bytes: SQLite stops without a word where a bit has flipped in it."""

from __future__ import annotations

import struct
from pathlib import Path

HEADER = struct.Struct(">IIII8s8s")  # sqlite.org/fileformat2.html#walformat: magic, version, page size, number, salts, checksum
FRAME = struct.Struct(">II8s8s")  # page, pages in the file after a commit (else 0), salts, checksum


def last_commit(wal: Path, page_size: int) -> int:
    """The place, from 1, of the last frame that ends a transaction; 0: there is none.

    Frames of an earlier round, which are overwritten one by one, have other salts. A higher place than SQLite finds means
    that something committed is lost: a flipped bit, or a power cut in the middle of the last commit.
    """
    if not wal.exists():
        return 0
    data = wal.read_bytes()
    starts = range(HEADER.size, len(data) - FRAME.size - page_size + 1, FRAME.size + page_size)
    frames = [FRAME.unpack_from(data, start) for start in starts]
    if not frames:
        return 0
    salts = {HEADER.unpack_from(data)[4], frames[0][2]}  # one of the two may be what is damaged
    return max((place for place, (_, pages, salt, _) in enumerate(frames, 1) if pages and salt in salts), default=0)
