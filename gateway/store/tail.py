"""What must survive the process and not a power cut, written but not synced: readings since the last commit, records heard.

A write without a sync costs the card next to nothing: the same few pages are written over and over, and the kernel brings
them to the card when it has time.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from gateway.store.folder import is_file

Row = tuple[Any, ...]

READS = 3  # of a file, before it counts as one that cannot be read
MOST_BYTES = 16_000_000  # a start reads no more of a file; 3,000 readings that wait for a slow disk are 1 MB

_HEAD = struct.Struct("<II")  # length and CRC-32 of a row
_OPENED = os.O_CLOEXEC | os.O_NONBLOCK  # a FIFO in a file's place would be waited for


class Tail:
    """Two files in turns: what was written in one turn is there until the end of the next.

    A disk that refuses has its fault told by the commits. No two calls at once.
    """

    def __init__(self, folder: Path, name: str = "readings.tail") -> None:
        self._paths = [folder / f"{name}-{turn}" for turn in (0, 1)]
        self._turn = self._at = 0

    def rows(self) -> list[Row]:
        """All that is whole, also of turns before the last two: whoever asks must know what is nothing new.

        Raises OSError where the disk does not give it: what was in it then is not known, and it is not empty.
        """
        return [row for path in self._paths for row in _rows(_content(path))]

    def write(self, rows: Iterable[Row]) -> None:
        """Behind what was written in this turn; survives the process when this returns."""
        data = b"".join(map(_framed, rows))
        with suppress(OSError):
            file = os.open(self._paths[self._turn], os.O_WRONLY | os.O_CREAT | _OPENED, 0o600)
            try:
                if os.pwrite(file, data, self._at) == len(data):  # less: the disk is full, the next one goes over it
                    self._at += len(data)
            finally:
                os.close(file)

    def turn(self) -> None:
        """From now on the other file is written, over what it held."""
        self._turn, self._at = 1 - self._turn, 0

    def clear_other(self) -> None:
        """Nothing is left of the turn before."""
        _wipe(self._paths[1 - self._turn])

    def clear(self) -> None:
        """Nothing is left in them."""
        self._at = 0
        for path in self._paths:
            _wipe(path)


def _wipe(path: Path) -> None:
    with suppress(OSError):
        with path.open("r+b") as file:  # health data: not only its name goes
            file.write(bytes(min(path.stat().st_size, MOST_BYTES)))
        path.unlink()


def _framed(row: Sequence[object]) -> bytes:
    data = msgspec.msgpack.encode(row)
    return _HEAD.pack(len(data), zlib.crc32(data)) + data


def _content(path: Path) -> bytes:
    if not is_file(path):
        return b""
    for _ in range(READS - 1):
        with suppress(OSError):  # a disk may err once
            return _read(path)
    return _read(path)


def _read(path: Path) -> bytes:
    file = os.open(path, os.O_RDONLY | _OPENED)
    try:
        return os.read(file, MOST_BYTES)
    finally:
        os.close(file)


def _rows(content: bytes) -> Iterator[Row]:
    """Up to the first that is not whole: behind it stands what was written over."""
    at = 0
    while at + _HEAD.size <= len(content):
        length, check = _HEAD.unpack_from(content, at)
        data = content[at + _HEAD.size : at + _HEAD.size + length]
        if len(data) < length or zlib.crc32(data) != check or not length:
            return
        try:
            yield tuple(msgspec.msgpack.decode(data, type=list))
        except (ValueError, RecursionError):  # msgspec.DecodeError is one; the sum of a single FF, say, fits by chance
            return
        at += _HEAD.size + length
