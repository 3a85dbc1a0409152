"""Rows of alerts.db that wait for the disk: they count over those that it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gateway.alert import AlertEvent, AuditEntry
from gateway.clock import Clock
from gateway.store import alert_rows
from gateway.store.alert_rows import PUT_ALERT, PUT_COMMAND, PUT_DELIVERY, PUT_EVENT, PUT_MEMORY, PUT_REFERENCED, Key, Row
from gateway.store.keeping import Transaction
from gateway.store.numbers import PUT_NUMBERS, Numbers
from gateway.store.stored import encode_deed, encode_event


class HeldRows:
    """By table and key: of each the newest alone. What is new gets its place in the chain here."""

    def __init__(self, numbers: Numbers, clock: Clock, gateway: str, held: Mapping[Key, Row]) -> None:
        self._numbers, self._clock = numbers, clock
        self._origin = f"{gateway}/{numbers.epoch}"
        self._rows = dict(held)

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self) -> dict[Key, Row]:
        """All of them, as they are now."""
        return dict(self._rows)

    def hold(self, new: Transaction, *, named_too: bool) -> None:
        """All that is new. `named_too`: also the readings that alerts name; not while the disk refuses, else a key that jams
        for days would fill the memory, and the alert has its readings itself."""
        now_ms = self._clock.wall_ms()
        self._put(PUT_ALERT, *(alert_rows.alert_row(alert, now_ms) for alert in new.alerts))
        self._put(PUT_EVENT, *map(self._event_row, new.events), *map(self._deed_row, new.deeds))
        self._put(PUT_DELIVERY, *map(alert_rows.delivery_row, new.deliveries))
        if named_too:
            boot = self._clock.boot
            self._put(PUT_REFERENCED, *(alert_rows.referenced_row(one, self._origin, boot) for one in new.referenced))
        self._put(PUT_MEMORY, *(alert_rows.memory_row(*memory) for memory in new.memories.items()))
        self._put(PUT_COMMAND, *(alert_rows.command_row(answered, now_ms) for answered in new.replies))
        if new.events or new.deeds or self._numbers.run_low:
            self._rows[PUT_NUMBERS, 1] = self._numbers.row()

    def close(self) -> None:
        """Nothing is new any more: the numbers on the disk will be exact."""
        self._rows[PUT_NUMBERS, 1] = self._numbers.row(closing=True)

    def _put(self, statement: str, *rows: Row) -> None:
        self._rows.update({(statement, alert_rows.key_of(statement, row)): row for row in rows})

    def _event_row(self, event: AlertEvent) -> Row:
        body = encode_event(event)
        return alert_rows.event_row(event, body, self._numbers.chained(body))

    def _deed_row(self, deed: AuditEntry) -> Row:
        body = encode_deed(deed)
        return alert_rows.deed_row(deed, body, self._numbers.chained(body))

    def let_go(self, rows: Mapping[Key, Row]) -> None:
        """The disk has these; what took their place meanwhile still waits."""
        for key, row in rows.items():
            if self._rows[key] is row:
                del self._rows[key]
        if numbers := rows.get((PUT_NUMBERS, 1)):
            self._numbers.kept(numbers)

    def over(self, put: str, on_disk: Iterable[Row]) -> list[Row]:
        """Rows of one table, in the order of their keys: those on the disk, and in their place what waits."""
        held = [row for (statement, _), row in self._rows.items() if statement == put]
        newest = {alert_rows.key_of(put, row): row for row in [*on_disk, *held]}
        return [row for _, row in sorted(newest.items())]
