"""What every group of faults is made of: tasks, each of some cases in a folder of its own, and what was left after each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from tests.faults.written import Left


class Case(NamedTuple):
    """One fault that was done. `group` is the line of the table; `words` repeat it."""

    group: str
    words: str
    left: Left


Task = Callable[[Path], Iterable[Case]]  # can be sent to another process; the folder is its own, and need not be there


def clear(folder: Path) -> None:
    """Nothing is left of an earlier case."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(folder.with_name(f"{folder.name}.undone"), ignore_errors=True)
