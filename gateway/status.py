"""The answer to `status`: the snapshot as the command line, scripts and the page read it. Pure."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, structs

from gateway.formats.native import heartbeat_message, open_alert_message
from gateway.formats.native_up import HeartbeatMessage, OpenAlertMessage
from gateway.formats.reading_json import ReadingMessage, reading_message
from gateway.snapshot import BandCounts, BandState, Snapshot


class BandMessage(Struct, kw_only=True):
    """One enrolled band. `heard_s`: how long ago it was heard (null: not since the start); `last`: of each kind;
    `counts`: since the start."""

    address: str
    driver: str
    wearer: str
    room: str | None
    heard_s: float | None
    battery: float | None
    last: list[ReadingMessage]
    counts: BandCounts


class StatusAnswer(HeartbeatMessage, kw_only=True):
    """A heartbeat that nobody was sent (`seq` 0), and what is too long for one."""

    running: Literal[True] = True
    time_zone: str
    bands: list[BandMessage]
    open: list[OpenAlertMessage]


def status_answer(snapshot: Snapshot) -> StatusAnswer:
    """The gateway at that moment."""
    return StatusAnswer(
        **structs.asdict(heartbeat_message(snapshot, 0)),
        time_zone=snapshot.time_zone,
        bands=[_band(band, snapshot.gateway) for band in snapshot.bands],
        open=[open_alert_message(alert, snapshot.gateway) for alert in snapshot.open_alerts],
    )


def _band(band: BandState, gateway: str) -> BandMessage:
    return BandMessage(
        address=band.address,
        driver=band.driver,
        wearer=band.wearer,
        room=band.room or None,
        heard_s=None if band.heard_s is None else round(band.heard_s, 1),
        battery=band.battery,
        last=[reading_message(reading, f"{gateway}/{reading.epoch}") for reading in band.last],
        counts=band.counts,
    )
