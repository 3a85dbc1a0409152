"""Two databases that lie under each other's name are put back, each with its journal; a kill at any step costs nothing.

First each goes to a name that says whose it is (`<its own name>.moved`), then from there to its place. So a start that finds
such names knows what is left to do: as long as readings.db holds alerts it is the first half too, and then the second alone.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import structlog

from gateway.store.folder import is_file
from gateway.store.rescue.quarantine import beside, sync_folder

log = structlog.get_logger()

MOVED = ".moved"  # the end of the name on the way
PARTS = ("-wal", "")  # the journal first: alone it is taken for nobody's
SCHEMA_BYTES = 16_384  # of a file: its schema is in them
READS = 3  # a disk may err once
TABLES = {"alerts": b"event", "readings": b"batch"}


def put_back(alerts: Path, readings: Path) -> bool:
    """Whether somebody had copied them back under each other's name, and they are no more. Where it may not be done each is
    put aside later, as another file in its place."""
    is_half_done = any(is_file(_moved(path, part)) for path in (alerts, readings) for part in PARTS)
    if not (is_half_done or _are_exchanged(alerts, readings)):
        return False
    log.error("databases were exchanged")
    with suppress(OSError):
        if _are_exchanged(alerts, readings):
            for here, owner in ((alerts, readings), (readings, alerts)):
                for part in PARTS:
                    _rename(beside(here, part), _moved(owner, part))
            sync_folder(alerts.parent)
        for owner in (alerts, readings):
            for part in PARTS:
                _rename(_moved(owner, part), beside(owner, part))
        sync_folder(alerts.parent)
        return True
    return False


def _are_exchanged(alerts: Path, readings: Path) -> bool:
    """Each is the other; of one that the disk does not give the other one tells, and that of the alerts may not be there."""
    here, there = _held_by(alerts), _held_by(readings)
    return (here, there) in (("readings", "alerts"), ("", "alerts"), (None, "alerts"), ("readings", None))


def _held_by(path: Path) -> str | None:
    """What its schema says it holds: "alerts", "readings", "others", "": there is none; None: the disk does not give it."""
    if not os.path.lexists(path):
        return ""
    if not is_file(path):
        return "others"
    for _ in range(READS):
        with suppress(OSError), path.open("rb") as file:
            head = file.read(SCHEMA_BYTES)
            return next((name for name, table in TABLES.items() if b"CREATE TABLE %s (" % table in head), "others")
    return None


def _moved(owner: Path, part: str) -> Path:
    return beside(owner, MOVED + part)


def _rename(path: Path, new: Path) -> None:
    if is_file(path):
        path.rename(new)
