"""Whether a database is whole: SQLite says so, and the few rows that everything goes on from can be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from gateway.errors import StoreBroken

GiveUp = Callable[[], bool]  # whether the time for it is over

STEPS = 10_000  # of SQLite's machine between two looks at the clock


def check(
    own: Callable[[sqlite3.Connection], None], give_up: GiveUp, connection: sqlite3.Connection, *, to_the_end: bool
) -> None:
    """Raises StoreBroken("corrupt"); also where SQLite came to no end in time, if it has to. `own`: the check of our rows."""
    found = _quick_check(connection, give_up)
    if found != "ok" and (found or to_the_end):
        raise StoreBroken("corrupt")
    try:
        own(connection)
    except (TypeError, ValueError) as error:  # a number that is none, a text that is no UTF-8
        raise StoreBroken("corrupt") from error


def _quick_check(connection: sqlite3.Connection, give_up: GiveUp) -> str:
    """SQLite's own word; "": there was no time for it."""
    connection.set_progress_handler(give_up, STEPS)
    try:
        found: str = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return ""
    finally:
        connection.set_progress_handler(None, STEPS)
    return found
