"""Says where a driver failed on its own fault, without a word of the data that it failed on."""

from __future__ import annotations

import traceback
from pathlib import Path


def whereabouts(bug: Exception) -> str:
    """The error's type, and file and line of its origin: `IndexError at serial_hub.py:88`."""
    frames = traceback.extract_tb(bug.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(bug).__name__}{place}"
