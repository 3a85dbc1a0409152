"""Text that is readable on a terminal of 80 columns, where a Chinese character takes two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

WIDTH = 80
OPENING, CLOSING = "（《【“", "、。，；：！？）》】”…"
UNIT = re.compile(rf"[{OPENING}]*(?:[⺀-\uffef]|[^\s⺀-\uffef]+)[{CLOSING}]*|\s+")  # what stays on one line


def width(text: str) -> int:
    """How many columns it takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def padded(text: str, columns: int) -> str:
    """With blanks behind it, so that it takes so many."""
    return text + " " * max(0, columns - width(text))


def shortened(text: str, columns: int) -> str:
    """It, or as much of its beginning as there is room for."""
    if width(text) <= columns:
        return text
    while width(text) >= columns:
        text = text[:-1]
    return text + "…"


def lines(parts: Iterable[str], *, first: str = "", indent: str = "", between: str = ", ") -> Iterator[str]:
    """The parts one after another, in as many lines as they need; `first` begins the first, `indent` the others."""
    line, empty = first, True
    for part in parts:
        grown = line + ("" if empty else between) + part
        if not empty and width(grown + between.rstrip()) > WIDTH:
            yield shortened(line + between.rstrip(), WIDTH)
            grown = indent + part
        line, empty = grown, False
    yield shortened(line, WIDTH)


def wrapped(text: str, indent: str = "", columns: int = WIDTH) -> Iterator[str]:
    """It in as many lines as it needs, broken at blanks and between Chinese characters, but not before a point."""
    line = indent
    for unit in UNIT.findall(text):
        if width(line + unit.rstrip()) > columns and line.strip():
            yield line.rstrip()
            line = indent
        rest = unit.lstrip() if not line.strip() else unit
        while width(line + rest) > columns and rest.strip():
            part = _cut(rest, columns - width(line))
            yield line + part
            line, rest = indent, rest[len(part) :]
        line += rest
    if line.strip():
        yield line.rstrip()


def _cut(text: str, columns: int) -> str:
    """As much of its beginning as there is room for, at least a character."""
    while width(text) > columns and len(text) > 1:
        text = text[:-1]
    return text
