"""What is exported: which readings and events are wanted, and the line of an event. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from gateway.alert import Alert, AlertEvent, AuditEntry, alert_id
from gateway.formats.times import rfc3339
from gateway.store.chain_check import ChainEntry

Step = Literal["received", "acknowledged", "dispatched", "on_scene", "closed"]
Times = Mapping[Step, int]  # when an alert first came so far; wall clock, UTC, milliseconds


class Wanted(Struct, frozen=True, kw_only=True):
    """From this moment on, and before that one (wall clock, UTC; None: no bound), of this wearer (None: of all)."""

    from_ms: int | None = None
    to_ms: int | None = None
    wearer: str | None = None

    def takes(self, at_ms: int, wearer: str) -> bool:
        """Whether something of then and of this wearer is wanted."""
        return self.takes_time(at_ms) and self.wearer in (None, wearer)

    def takes_time(self, at_ms: int) -> bool:
        """Whether something of then is wanted."""
        return (self.from_ms is None or at_ms >= self.from_ms) and (self.to_ms is None or at_ms < self.to_ms)

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Wanted()


class AlertLine(Struct, frozen=True, kw_only=True):
    """One event, or what a person did that is none (`event` is the verb then, `detail` until when).

    Down to `text` it repeats what the body of its entry says: nothing where that is erased. `received_s` and the like: seconds
    from the raising of its alert, as far as that had come by now. `entries`: how many there are in all, so that a file that was
    cut off at its end is found out. `partly`: not all of them are in the file. `body`: the stored bytes, which the hash covers.
    """

    at: str | None = None
    alert: str | None = None
    event: str | None = None
    kind: str | None = None
    priority: str | None = None
    condition: str | None = None
    workflow: str | None = None
    level: int | None = None
    unconfirmed: bool | None = None
    test: bool | None = None
    wearer: str | None = None
    room: str | None = None
    device: str | None = None
    raised_at: str | None = None
    detail: str | None = None
    actor: str | None = None
    responder: str | None = None
    outcome: str | None = None
    note: str | None = None
    text: str | None = None
    entry: int
    entries: int
    partly: bool
    seq: int
    received_s: float | None = None
    acknowledged_s: float | None = None
    dispatched_s: float | None = None
    on_scene_s: float | None = None
    closed_s: float | None = None
    prev: str
    hash: str
    body: str | None


EVENT_COLUMNS = AlertLine.__struct_fields__[: AlertLine.__struct_fields__.index("text") + 1]
_OF_THE_ALERT = frozenset(EVENT_COLUMNS) & frozenset(Alert.__struct_fields__)


def alert_line(
    entry: ChainEntry,
    seq: int,
    event: AlertEvent | AuditEntry | None,
    times: Times,
    *,
    gateway: str,
    entries: int,
    partly: bool,
) -> AlertLine:
    """The line of an entry; `event` is what its body says, None where that is erased or not whole."""
    return AlertLine(
        entry=entry.entry,
        entries=entries,
        partly=partly,
        seq=seq,
        **_columns(event, times, gateway),
        prev=entry.prev.hex(),
        hash=entry.hash.hex(),
        body=None if entry.body is None else entry.body.decode(errors="replace"),
    )


def _columns(event: AlertEvent | AuditEntry | None, times: Times, gateway: str) -> dict[str, Any]:
    if event is None:
        return {}
    response = _response(event.alert.raised_ms, times) if isinstance(event, AlertEvent) else {}
    return event_columns(event, gateway) | response


def wearer_of(event: AlertEvent | AuditEntry) -> str:
    """Whom it is about; "": nobody, or nobody knows."""
    return event.wearer if isinstance(event, AuditEntry) else event.alert.wearer


def event_columns(event: AlertEvent | AuditEntry, gateway: str) -> dict[str, Any]:
    """The words of an event, by column."""
    if isinstance(event, AuditEntry):
        return _deed_columns(event, gateway)
    alert = event.alert
    columns = {name: None if getattr(alert, name) == "" else getattr(alert, name) for name in _OF_THE_ALERT}
    return columns | {
        "at": rfc3339(event.at_ms),
        "alert": alert_id(gateway, alert),
        "event": event.event,
        "raised_at": rfc3339(alert.raised_ms),
        "text": event.text,
    }


def _deed_columns(deed: AuditEntry, gateway: str) -> dict[str, Any]:
    return dict.fromkeys(EVENT_COLUMNS) | {
        "at": rfc3339(deed.at_ms),
        "alert": f"{gateway}/{deed.epoch}/A{deed.number}" if deed.number else None,
        "event": deed.deed,
        "kind": ",".join(deed.kinds) or None,
        "wearer": deed.wearer or None,
        "detail": None if deed.until_ms is None else rfc3339(deed.until_ms),
        "actor": deed.actor or None,
        "note": deed.note or None,
    }


def _response(raised_ms: int, times: Times) -> dict[str, float]:
    return {f"{step}_s": max(0, at_ms - raised_ms) / 1000 for step, at_ms in times.items()}
