"""What the files of a daemon that has ended say: its readings, the events of its alerts, its account."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from gateway.formats.reading_json import named_readings
from gateway.store import alert_rows, batches
from gateway.store.counters import Counters
from tests.account import account_faults
from tests.daemon import GATEWAY
from tests.fleet.verdict import Stored
from tests.simulation.invariants import chain_holds


def read(data: Path) -> Stored:
    """Of this data folder."""
    faults = [*account_faults(data), *([] if chain_holds(data) else ["the chain of the events is broken"])]
    with closing(sqlite3.connect(data / "readings.db")) as connection:
        counts = Counters.load(connection).counts()
        gaps = connection.execute("SELECT coalesce(sum(n), 0) FROM gap").fetchone()[0]
        rows = connection.execute("SELECT body FROM batch ORDER BY id").fetchall()
    readings = {id_: json.loads(body) for (packed,) in rows for id_, body in named_readings(batches.unpack_body(packed))}
    with closing(sqlite3.connect(data / "alerts.db")) as connection:
        events = alert_rows.events(connection.execute("SELECT * FROM event ORDER BY seq").fetchall())
    ids = [f"{GATEWAY}/{event.alert.epoch}/A{event.alert.number}#{event.seq}" for event in events]
    return Stored(readings, ids, counts, gaps, faults)
