"""Reads once more what a disk does not give at first: a bad block of the card stays one, a loose contact does not."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def again(read: Callable[[], T]) -> T:
    """What it gives, at once or the second time. Raises OSError where it gives nothing."""
    with suppress(OSError):
        return read()
    return read()


def open_to_read(path: Path) -> int:
    """A file that is there. Raises OSError: what cannot be opened must never be taken for empty."""
    return again(partial(os.open, path, os.O_RDONLY | os.O_CLOEXEC))
