"""Reads a table as spreadsheets save it: UTF-8 with or without a mark, or GB18030; commas, semicolons or tabs. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

SEPARATORS = ",;\t"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class BadTable(Exception):
    """From this line on it cannot be read; `code` is a key of `words/mistakes.py`."""

    def __init__(self, code: str, line: int, why: str = "") -> None:
        super().__init__(f"line {line}: {code} {why}".rstrip())
        self.code, self.line, self.facts = code, line, {"why": why}


class Row(NamedTuple):
    """A row that is not empty, the line in which it begins, and its cells without spaces around them."""

    line: int
    cells: list[str]


def rows(data: bytes) -> Iterator[Row]:
    """Every row. Raises BadTable where it goes no further."""
    text = _text(data)
    first, *_ = text.splitlines() or [""]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if any(cells):
                yield Row(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadTable("csv", line, str(error)) from error


def _text(data: bytes) -> str:
    if data.startswith(UTF_16):
        raise BadTable("file_is_utf16", 1)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadTable("roster_is_neither", 1)
