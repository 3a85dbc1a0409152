"""What the disk has not taken when a life of the gateway is over: the next one puts it where it belongs."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.store import alert_rows, batches, numbers
from gateway.store.alert_rows import PUT_EVENT, Key, Row
from gateway.store.counters import Counters
from gateway.store.encryption import decrypt
from gateway.store.held_batches import HeldBatches
from gateway.store.numbers import Numbers


@dataclass(frozen=True)
class Leftover:
    """`rows` of alerts and what belongs to them, the numbers handed out, readings; `incidents` that nobody was told of yet."""

    rows: Mapping[Key, Row]
    numbers: Numbers
    readings: HeldBatches
    incidents: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.rows or self.readings)

    @property
    def lost(self) -> Mapping[str, int]:
        """What nobody has but this: readings that were not sent, rows of alerts. Empty: nothing."""
        lost = {"unsent_readings": self.readings.counters.pending, "alerts": len(self.rows)}
        return lost if any(lost.values()) else {}

    def put_alerts(self, connection: sqlite3.Connection) -> None:
        """Over what is there; new events behind the last entry of the chain, which may be another than when they were held."""
        known = numbers.load(connection)
        known.next_alert = max(known.next_alert, self.numbers.next_alert)
        known.next_seq = max(known.next_seq, self.numbers.next_seq)
        there = {seq for (seq,) in connection.execute("SELECT seq FROM event")}
        events = sorted((row for (put, _), row in self.rows.items() if put == PUT_EVENT), key=lambda row: row[4])
        chained = {}
        for seq, of, at_ms, body, *_ in events:
            if body is not None and seq not in there:
                link = known.chained(decrypt(body))
                chained[PUT_EVENT, seq] = (seq, of, at_ms, body, link.entry, link.prev, link.hash)
        others = {key: row for key, row in self.rows.items() if key[0] != PUT_EVENT}
        alert_rows.put(others | chained, connection)
        known.put(connection)

    def put_readings(self, connection: sqlite3.Connection) -> None:
        """Behind what is there."""
        batches.settle(connection, self.readings.put(connection, Counters.load(connection)))
