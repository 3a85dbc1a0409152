"""A look at a database that may take no longer than a start has: how far it gets, so far it gets."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STEPS = 10_000  # of SQLite's machine between two looks at the clock

GiveUp = Callable[[], bool]  # whether the time for it is over


@contextmanager
def as_far_as_it_gets(give_up: GiveUp, connection: sqlite3.Connection) -> Iterator[None]:
    """What SQLite does in it ends when the time is over, and then the rest of the block is left out."""
    connection.set_progress_handler(give_up, STEPS)
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
    finally:
        connection.set_progress_handler(None, STEPS)
