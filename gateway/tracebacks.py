"""A traceback for a log: where it failed, and no word that may quote what it failed on.

`ValueError: could not convert string to float: '41.27'` is a health value in the journal. So of most errors the name and the
place are told; those of the system, of SQLite and our own say in their own words what is wrong, and hold no value.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import TextIO

from gateway.errors import LiferingError

OF_NO_VALUE = (LiferingError, OSError)
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def lines(error: BaseException, seen: frozenset[int] = frozenset()) -> Iterator[str]:
    """Of this error, what caused it before it, and what it is a group of behind it; each line without its end."""
    seen |= {id(error)}
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from lines(before, seen)
        yield "and so:"
    yield "Traceback (most recent call last):"
    for frame in traceback.format_tb(error.__traceback__):
        yield from frame.rstrip().splitlines()
    yield f"{type(error).__name__}: {error}" if _says_no_value(error) else type(error).__name__
    if isinstance(error, BaseExceptionGroup):
        for number, one in enumerate(error.exceptions, 1):
            yield f"  {number} of {len(error.exceptions)}:"
            yield from ("  " + line for line in lines(one, seen))


def _says_no_value(error: BaseException) -> bool:
    return isinstance(error, OF_NO_VALUE) or type(error).__module__ == "sqlite3"


def write(stream: TextIO, exc_info: ExcInfo) -> None:
    """As structlog asks for it on a terminal."""
    stream.write("\n".join(lines(exc_info[1])))


def text(exc_info: ExcInfo) -> str:
    """As structlog asks for it in JSON."""
    return "\n".join(lines(exc_info[1]))


def are_printed_so() -> None:
    """From now on also the last words of this process, and those of a thread that ends by an error, which no log writes."""
    sys.excepthook = lambda _, error, __: _print(error)
    threading.excepthook = lambda ended: _print(ended.exc_value or SystemExit())


def _print(error: BaseException) -> None:
    sys.stderr.write("\n".join(lines(error)) + "\n")
