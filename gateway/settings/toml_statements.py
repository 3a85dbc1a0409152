"""Divides a TOML text, also a faulty one, into its statements: headers, and `key = value` with all lines of its value. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# What stands in a row: text in quotes (closed, or open to the end of the row), a comment, brackets.
PIECE = re.compile(
    r"""
    (?P<long>    \"{3} | '{3} )
  | (?P<text>    " (?: \\. | [^"\\] )* "? | ' [^']* '? )
  | (?P<comment> \#.* )
  | (?P<open>    \[ )
  | (?P<close>   \] )
    """,
    re.VERBOSE,
)
LONG_END = {'"""': re.compile(r'(?:\\.|[^\\])*?"{3,5}'), "'''": re.compile(r".*?'{3,5}")}
BEGINNING = re.compile(r"\s*([A-Za-z0-9_.-]+\s*=|\[{1,2}\s*[A-Za-z_][^\[\],=]*\])")


class Statement(NamedTuple):
    """A statement: its lines, counted from 1, and the bracket or quotes that it opens and does not close."""

    first: int
    last: int
    rows: Sequence[str]
    opened: str = ""

    @property
    def text(self) -> str:
        """As it stands in the file."""
        return "\n".join(self.rows)

    @property
    def is_header(self) -> bool:
        """Whether it is `[name]` or `[[name]]`, or was meant to be."""
        return is_header(self.rows[0])


def is_header(row: str) -> bool:
    """Whether the row begins as a header does, be it with the brackets of a Chinese keyboard."""
    return row.lstrip().startswith(("[", "［", "【"))


def statements(rows: Sequence[str]) -> Iterator[Statement]:
    """Every statement, without empty rows and comments between them."""
    number = 0
    while number < len(rows):
        last, opened = number, ""
        if rows[number].strip() and not rows[number].lstrip().startswith("#"):
            if not is_header(rows[number]):
                last, opened = _end(rows, number)
            yield Statement(number + 1, last + 1, rows[number : last + 1], opened)
        number = last + 1


def _end(rows: Sequence[str], first: int) -> tuple[int, str]:
    """The last row of a value that begins in this one, and what is open there: text to the end, a list to the next one."""
    depth, quotes = 0, ""
    for number in range(first, len(rows)):
        if depth and not quotes and number > first and BEGINNING.match(rows[number]):
            return _without_empty(rows, first, number - 1), "["
        depth, quotes = _after(rows[number], depth, quotes)
        if depth <= 0 and not quotes:
            return number, ""
    return _without_empty(rows, first, len(rows) - 1), quotes or "["


def _without_empty(rows: Sequence[str], first: int, last: int) -> int:
    while last > first and not rows[last].strip():
        last -= 1
    return last


def _after(row: str, depth: int, quotes: str) -> tuple[int, str]:
    """How many lists, and which long quotes, are open at the end of the row."""
    position = 0
    while position < len(row):
        if quotes:
            end = LONG_END[quotes].match(row, position)
            if end is None:
                return depth, quotes
            position, quotes = end.end(), ""
            continue
        piece = PIECE.search(row, position)
        if piece is None:
            break
        position = piece.end()
        quotes = piece["long"] or ""
        depth += bool(piece["open"]) - bool(piece["close"])
    return depth, quotes
