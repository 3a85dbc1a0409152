"""The answer to `status`: the snapshot as the command line, scripts and the page read it (CONTRACT 1). Pure."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, structs

from gateway.alert import Alert, AlertKind, Condition, Priority, Workflow
from gateway.messages import HeartbeatMessage, ReadingMessage, Time, alert_id, heartbeat_message, reading_message, rfc3339
from gateway.snapshot import BandState, Snapshot


class BandMessage(Struct, kw_only=True):
    """One enrolled band. `heard_s`: how long ago it was heard (null: not since the start); `last`: of each kind."""

    address: str
    driver: str
    wearer: str
    room: str | None
    heard_s: float | None
    battery: float | None
    last: list[ReadingMessage]


class OpenAlertMessage(Struct, kw_only=True):
    """An alert that still needs somebody, as in `up/snapshot`."""

    id: str
    kind: AlertKind
    priority: Priority
    condition: Condition
    workflow: Workflow
    wearer: str | None
    room: str | None
    raised_at: Time


class StatusAnswer(HeartbeatMessage, kw_only=True):
    """A heartbeat that nobody was sent (`seq` 0), and what is too long for one."""

    running: Literal[True] = True
    bands: list[BandMessage]
    open: list[OpenAlertMessage]


def status_answer(snapshot: Snapshot) -> StatusAnswer:
    """The gateway at that moment."""
    return StatusAnswer(
        **structs.asdict(heartbeat_message(snapshot, 0)),
        bands=[_band(band, snapshot.gateway) for band in snapshot.bands],
        open=[_open(alert, snapshot.gateway) for alert in snapshot.open_alerts],
    )


def _band(band: BandState, gateway: str) -> BandMessage:
    return BandMessage(
        address=band.address,
        driver=band.driver,
        wearer=band.wearer,
        room=band.room or None,
        heard_s=band.heard_s,
        battery=band.battery,
        last=[reading_message(reading, f"{gateway}/{reading.epoch}") for reading in band.last],
    )


def _open(alert: Alert, gateway: str) -> OpenAlertMessage:
    return OpenAlertMessage(
        id=alert_id(gateway, alert),
        kind=alert.kind,
        priority=alert.priority,
        condition=alert.condition,
        workflow=alert.workflow,
        wearer=alert.wearer or None,
        room=alert.room or None,
        raised_at=rfc3339(alert.raised_ms),
    )
