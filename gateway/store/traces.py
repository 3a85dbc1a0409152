"""Looks for a pseudonym in the bare bytes of a file, also in what stands compressed there: nothing that is gone may be left."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from gateway.store.compressed import decompressor

CHUNK = 1 << 20
OVERLAP = 1 << 12  # of two chunks: a row that both cut is whole in one of them
# Of zlib (RFC 1950), by level: with words at hand, and without.
HEADS = (b"\x78\x3f", b"\x78\x7d", b"\x78\xbb", b"\x78\xf9", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
INFLATE = 1024  # bytes: a page has no more of a batch that is deleted
STEP = 32  # bytes inflated at once, so that what comes before a damage is seen


def in_file(path: Path, pseudonym: str) -> bool:
    """Whether it is there, also as a part of another word. Raises OSError."""
    needles = {pseudonym.encode(), msgspec.json.encode(pseudonym)[1:-1]}
    return any(_in_bytes(data, needles) for data in _chunks(path))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        kept = b""
        while read := file.read(CHUNK):
            yield kept + read
            kept = read[-OVERLAP:]


def _in_bytes(data: bytes, needles: set[bytes]) -> bool:
    if any(needle in data for needle in needles):
        return True
    return any(needle in inflated for inflated in _inflated(data) for needle in needles)


def _inflated(data: bytes) -> Iterator[bytes]:
    """The beginning of everything that looks compressed."""
    for head in HEADS:
        start = data.find(head)
        while start >= 0:
            yield _inflate(data[start : start + INFLATE])
            start = data.find(head, start + 1)


def _inflate(packed: bytes) -> bytes:
    stream, found = decompressor(), b""
    try:
        for start in range(0, len(packed), STEP):
            found += stream.decompress(packed[start : start + STEP])
    except zlib.error:
        pass  # it was none, or ends here
    return found
