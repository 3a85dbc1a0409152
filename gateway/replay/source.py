"""The input, read again and again: once for who is in it, then to be played. A stream is put into a temporary file for that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from gateway.replay.lines import BadLine, Line, Numbered, read

IN_MEMORY = 50_000  # lines that are kept as they were read; of more each is read again


class Source:
    """Lines with their numbers, also the bad ones; empty lines are counted and left out."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._kept: list[Numbered] | None = None
        self._again: BinaryIO | None = None  # where it can be read once more,
        self._begin = 0  # from here on

    def close(self) -> None:
        """The temporary file is gone."""
        if self._again is not None and self._again is not self._file:
            self._again.close()

    def lines(self) -> Iterator[Numbered]:
        """All of them, in order."""
        if self._kept is not None:
            yield from self._kept
        elif self._again is not None:
            self._again.seek(self._begin)
            yield from _lines(self._again)
        else:
            yield from self._first()

    def _first(self) -> Iterator[Numbered]:
        if self._file.seekable():
            self._again, self._begin = self._file, self._file.tell()
            found = _lines(self._file)
        else:
            self._again = spool = _temporary()
            found = _lines(self._file, spool)
        kept: list[Numbered] = []
        for numbered in found:
            if len(kept) < IN_MEMORY:
                kept.append(numbered)
            yield numbered
        if len(kept) < IN_MEMORY:
            self._kept = kept


def _temporary() -> BinaryIO:
    from tempfile import TemporaryFile  # slow to import

    return TemporaryFile()  # it goes with the process


def _lines(file: BinaryIO, spool: BinaryIO | None = None) -> Iterator[Numbered]:
    for number, raw in enumerate(file, start=1):
        if spool:
            spool.write(raw)
        if not raw.isspace():
            yield Numbered(number, _read(raw))


def _read(raw: bytes) -> Line | BadLine:
    try:
        return read(raw)
    except BadLine as bad:
        return bad
