"""Rows out of the bare pages of an SQLite file and its journal, whether or not the tree that leads to them is whole."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path

from gateway.store.folder import is_file
from gateway.store.rescue.again import again, open_to_read
from gateway.store.rescue.journal import Journal, JournalFrame

# https://sqlite.org/fileformat2.html#b_tree_pages and #record_format
LEAF_OF_A_TABLE = 0x0D
FILE_HEAD = 100  # bytes before the first page's own head
BIGGEST_ROW = 1_000_000  # ours have 60 KB at most; damaged chains of pages may go round for ever
HIGHEST_ROWID = 1 << 53
FIRST_PAGES = 64  # have the tables of one row
INTEGER_BYTES = (0, 1, 2, 3, 4, 6, 8)  # by serial type
REAL, ZERO, ONE, BLOB, TEXT = 7, 8, 9, 12, 13

Column = int | float | str | bytes | None
Row = tuple[Column, ...]


class _Pages:
    """Each page as it was written last: in the file, or in the journal over it. Raises OSError where it is there and cannot be
    opened."""

    def __init__(self, path: Path, page_size: int, frames: Sequence[JournalFrame] = ()) -> None:
        self._size = page_size
        self._over = {frame.page: frame.data for frame in frames}
        self._file = open_to_read(path) if is_file(path) else -1

    def __enter__(self) -> _Pages:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file >= 0:
            os.close(self._file)

    def numbers(self) -> Iterator[int]:
        """Of the file: the first ones, and the rest from the end, where the newest are as a rule."""
        last = 0 if self._file < 0 else os.fstat(self._file).st_size // self._size
        first = min(last, FIRST_PAGES)
        return chain(range(1, first + 1), range(last, first, -1))

    def __getitem__(self, number: int) -> bytes:
        """Raises LookupError where it cannot be read as a whole."""
        if number in self._over:
            return self._over[number]
        if number < 1 or self._file < 0:
            raise LookupError(number)
        page = b""
        with suppress(OSError, OverflowError):
            page = again(partial(os.pread, self._file, self._size, (number - 1) * self._size))
        if len(page) < self._size:
            raise LookupError(number)
        return page


def rows(path: Path, page_size: int, journal: Journal) -> Iterator[Row]:
    """Every row of every table that can be read, the newest state of each first as far as it is known.

    A NULL in front is taken for an INTEGER PRIMARY KEY. What stands in the file under the frames of its journal comes too: a
    frame may be torn, or never have been committed. Raises OSError where the file is there and cannot be opened.
    """
    yield from rows_of_journal(path, page_size, journal)
    with _Pages(path, page_size) as pages:
        for number in pages.numbers():
            with suppress(LookupError):
                yield from _rows_of(pages, pages[number], FILE_HEAD if number == 1 else 0)


def rows_of_journal(path: Path, page_size: int, journal: Journal) -> Iterator[Row]:
    """The rows on the pages of the journal alone, the newest first, and on those that stood in the file under them."""
    for over in (journal.frames, journal.under):
        with _Pages(path, page_size, over) as pages:
            for frame in reversed(over):
                with suppress(LookupError):
                    yield from _rows_of(pages, frame.data, FILE_HEAD if frame.page == 1 else 0)


def _rows_of(pages: _Pages, page: bytes, head: int) -> Iterator[Row]:
    for start in _cells(page, head):
        try:
            yield _row(pages, page, start)
        except (LookupError, ValueError, struct.error):
            continue  # this one is damaged, or the page is not what it looks like


def _cells(page: bytes, head: int) -> Iterator[int]:
    if page[head] == LEAF_OF_A_TABLE:
        (count,) = struct.unpack_from(">H", page, head + 3)
        for place in range(head + 8, min(head + 8 + 2 * count, len(page) - 1), 2):
            yield struct.unpack_from(">H", page, place)[0]


def _row(pages: _Pages, page: bytes, start: int) -> Row:
    size, start = _varint(page, start)
    rowid, start = _varint(page, start)
    if size > BIGGEST_ROW or rowid > HIGHEST_ROWID:
        raise ValueError("no row of ours is like that")
    first, *others = _columns(_payload(pages, page, start, size))
    return (rowid if first is None else first, *others)


def _payload(pages: _Pages, page: bytes, start: int, size: int) -> bytes:
    """What is in the cell, and what overflowed into a chain of other pages."""
    local = _local(len(page), size)
    parts, left = [page[start : start + local]], size - local
    (following,) = struct.unpack_from(">I", page, start + local) if left else (0,)
    while left > 0:
        more = pages[following]
        (following,) = struct.unpack_from(">I", more)
        parts.append(more[4 : 4 + left])
        left -= len(parts[-1])
    return b"".join(parts)


def _local(page_size: int, size: int) -> int:
    most, least = page_size - 35, (page_size - 12) * 32 // 255 - 23
    if size <= most:
        return size
    local = least + (size - least) % (page_size - 4)
    return local if local <= most else least


def _columns(record: bytes) -> list[Column]:
    end, place = _varint(record, 0)
    at, columns = end, list[Column]()
    while place < end:
        serial, place = _varint(record, place)
        size = INTEGER_BYTES[serial] if serial < REAL else 8 if serial == REAL else max(0, serial - BLOB) // 2
        columns.append(_column(serial, record[at : at + size]))
        at += size
    if at > len(record):
        raise ValueError("a column is not all there")
    return columns


def _column(serial: int, data: bytes) -> Column:
    if serial in (ZERO, ONE):
        return serial - ZERO
    if serial < REAL:
        return int.from_bytes(data, "big", signed=True) if serial else None
    if serial == REAL:
        real: float = struct.unpack(">d", data)[0]
        return real
    return data.decode() if serial % 2 else data


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, seven bits in each, and the place behind it."""
    number = 0
    for place in range(at, at + 8):
        number = number << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return number, place + 1
    return number << 8 | data[at + 8], at + 9
