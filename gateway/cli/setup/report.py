"""What `setup` says goes to a file as well: a box without a screen tells on the stick how it went."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TextIO


class Both(io.TextIOBase):
    """A stream, and a copy of all that is written to it."""

    def __init__(self, stream: TextIO, copy: TextIO) -> None:
        self._stream, self._copy = stream, copy

    def write(self, text: str) -> int:  # type: ignore[explicit-override]  # typing.override is of Python 3.12
        """To both."""
        self._copy.write(text)
        return self._stream.write(text)

    def flush(self) -> None:  # type: ignore[explicit-override]  # typing.override is of Python 3.12
        """Both."""
        self._copy.flush()
        self._stream.flush()

    def fileno(self) -> int:  # type: ignore[explicit-override]  # typing.override is of Python 3.12
        """Of the stream."""
        return self._stream.fileno()


@contextmanager
def reported(file: Path | None) -> Iterator[None]:
    """Within the block. Raises OSError where the file cannot be written: before anything is done."""
    if file is None:
        yield
        return
    with file.open("w", encoding="utf-8") as copy:
        copy.reconfigure(line_buffering=True)
        with redirect_stdout(Both(sys.stdout, copy)), redirect_stderr(Both(sys.stderr, copy)):
            yield
