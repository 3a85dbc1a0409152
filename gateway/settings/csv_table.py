"""Reads a table as spreadsheets save it: UTF-8 with or without a mark, or GB18030; commas, semicolons or tabs. Pure.

Full-width characters, which a Chinese keyboard writes, count as those of an English one.

A line that begins with `#` is a comment. One row can be put in or taken out, and every other byte stays as it is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from gateway.settings import encodings
from gateway.settings.chinese_keyboard import half_width

SEPARATORS = ",;\t，；"
LINE_ENDS = (b"\r\n", b"\n", b"\r")


class BadTable(Exception):
    """From this line on it cannot be read; `code` is a key of `words/mistakes.py`."""

    def __init__(self, code: str, line: int, why: str = "") -> None:
        super().__init__(f"line {line}: {code} {why}".rstrip())
        self.code, self.line, self.facts = code, line, {"why": why}


class Row(NamedTuple):
    """A row that is not empty: the lines in which it begins and ends, and its cells, as an English keyboard writes them."""

    line: int
    last: int
    cells: list[str]


def rows(data: bytes) -> Iterator[Row]:
    """Every row. Raises BadTable where it goes no further."""
    text, _ = _decoded(data)
    reader = csv.reader(_without_comments(text), delimiter=_separator(text), strict=True)
    line = 1
    try:
        for cells in reader:
            cells = [half_width(cell) for cell in cells]
            if any(cells):
                yield Row(line, reader.line_num, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadTable("csv", line, str(error)) from error


def with_row(data: bytes, cells: Sequence[str]) -> bytes:
    """The table with one row more, at its end, written as the others are. Raises BadTable."""
    text, encoding = _decoded(data)
    row = io.StringIO()
    csv.writer(row, delimiter=_separator(text), quoting=_quoting(cells), lineterminator="\n").writerow(cells)
    line_end = next((end for end in LINE_ENDS if end in data), b"\n")
    before = b"" if data.endswith((b"\n", b"\r")) or not data else line_end
    return data + before + row.getvalue().removesuffix("\n").encode(encoding) + line_end


def _quoting(cells: Sequence[str]) -> Literal[0, 1]:
    """All of it where it would be a comment else."""
    return csv.QUOTE_ALL if cells[0].startswith("#") else csv.QUOTE_MINIMAL


def without_row(data: bytes, row: Row) -> bytes:
    """The table without this row of it."""
    lines = data.splitlines(keepends=True)  # no byte of a character is a line's end, in UTF-8 and in GB18030
    return b"".join(lines[: row.line - 1] + lines[row.last :])


def _decoded(data: bytes) -> tuple[str, str]:
    """The text without its mark, and the encoding in which more can be written behind it."""
    if encodings.is_workbook(data):
        raise BadTable("file_is_workbook", 1)
    if encodings.utf_16(data) is not None:
        raise BadTable("file_is_utf16", 1)
    if encodings.is_big5(data):
        raise BadTable("file_is_big5", 1)
    for encoding, to_go_on in (("utf-8-sig", "utf-8"), ("gb18030", "gb18030")):
        try:
            return data.decode(encoding), to_go_on
        except UnicodeDecodeError:
            continue
    raise BadTable("roster_is_neither", 1)


def _without_comments(text: str) -> Iterator[str]:
    """The lines of the text, empty ones in place of comments."""
    return ("\n" if line.startswith("#") else line for line in io.StringIO(text, newline=""))


def _separator(text: str) -> str:
    first = next((line for line in _without_comments(text) if line.strip()), "")
    return max(SEPARATORS, key=first.count)
