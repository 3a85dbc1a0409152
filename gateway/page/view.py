"""What the page shows: a snapshot in the words of one language. Pure.

`guest` views hold nothing of people: no wearer, room, alert or value.
"""

from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct, to_builtins

from gateway.alert import Alert, alert_id
from gateway.language import Language
from gateway.page.alert_view import AlertView, alert_view, is_answered
from gateway.page.tiles import Tile, tiles
from gateway.readings import Reading
from gateway.snapshot import HEARD_S, BandState, Fault, RunningDrill, Snapshot
from gateway.words.page import CHARTS, SAID
from gateway.words.telling import ago_in_words, duration_in_words, fault_in_words, reading_in_words

Mood = Literal["good", "warn", "bad"]
FRESH_S = 10.0  # a walk test counts what was heard so lately: bands tell themselves every second to every ten
URGENCY = {"critical": 0, "warning": 1, "advisory": 2}


class FaultView(Struct, frozen=True):
    """What is wrong, and for how long."""

    what: str
    since: str


class ValueView(Struct, frozen=True):
    """The last reading of a kind. `chart`: the kind, where a day of it can be drawn."""

    said: str
    ago: str
    chart: str


class RunningDrillView(Struct, frozen=True):
    """Somebody's next press is a test."""

    wearer: str
    said: str


class BandView(Struct, frozen=True):
    """One wristband and whose it is. `signal`: of what was heard just now, in dBm; None: nothing was, or it tells none."""

    address: str
    wearer: str
    room: str
    heard: str
    battery: str
    mood: Mood
    signal: int | None
    values: tuple[ValueView, ...]


class View(Struct, frozen=True):
    """The whole page."""

    gateway: str
    time: str
    guest: bool
    tiles: tuple[Tile, ...]
    alerts: tuple[AlertView, ...]
    faults: tuple[FaultView, ...]
    bands: tuple[BandView, ...]
    drills: tuple[RunningDrillView, ...]


def view_of(snapshot: Snapshot, language: Language, *, guest: bool) -> View:
    """The gateway at that moment, as whoever looks may see it."""
    at = datetime.fromtimestamp(snapshot.at_ms / 1000, ZoneInfo(snapshot.time_zone))
    return View(
        gateway=snapshot.gateway,
        time=at.strftime("%H:%M"),
        guest=guest,
        tiles=tiles(snapshot, language),
        alerts=() if guest else _alerts(snapshot, language),
        faults=tuple(_fault(fault, snapshot.at_ms, language, guest=guest) for fault in snapshot.faults),
        bands=() if guest else _bands(snapshot, language),
        drills=() if guest else tuple(_drill(drill, language) for drill in snapshot.drills),
    )


def _alerts(snapshot: Snapshot, language: Language) -> tuple[AlertView, ...]:
    """The most urgent first, of those what nobody has answered, of those the oldest."""
    ordered = sorted(snapshot.open_alerts, key=_urgency)
    return tuple(alert_view(alert, alert_id(snapshot.gateway, alert), snapshot.at_ms, language) for alert in ordered)


def _urgency(alert: Alert) -> tuple[int, bool, int]:
    return URGENCY[alert.priority], is_answered(alert), alert.raised_ms


def _fault(fault: Fault, now_ms: int, language: Language, *, guest: bool) -> FaultView:
    since = SAID["since"].of(language).format(time=duration_in_words((now_ms - fault.since_ms) / 1000, language))
    return FaultView(fault_in_words(fault.fault, "" if guest else fault.device, language), since)


def _drill(drill: RunningDrill, language: Language) -> RunningDrillView:
    said = SAID["drill"].of(language).format(wearer=drill.wearer, minutes=ceil(drill.left_s / 60))
    return RunningDrillView(drill.wearer, said)


def _bands(snapshot: Snapshot, language: Language) -> tuple[BandView, ...]:
    """In the order of the rooms: that is how one walks."""
    ordered = sorted(snapshot.bands, key=lambda band: (band.room or "\uffff", band.wearer, band.address))
    return tuple(_band(band, snapshot.at_ms, language) for band in ordered)


def _band(band: BandState, now_ms: int, language: Language) -> BandView:
    percent = "" if band.battery is None else f"{band.battery:g} %"
    return BandView(
        address=band.address,
        wearer=band.wearer,
        room=band.room,
        heard=SAID["never"].of(language) if band.heard_s is None else ago_in_words(band.heard_s, language),
        battery=percent,
        mood="warn" if band.heard_s is None or band.heard_s > HEARD_S else "good",
        signal=band.rssi if band.heard_s is not None and band.heard_s <= FRESH_S else None,
        values=tuple(_value(reading, now_ms, language) for reading in band.last if reading.kind != "battery"),
    )


def _value(reading: Reading, now_ms: int, language: Language) -> ValueView:
    return ValueView(
        said=reading_in_words(reading.kind, to_builtins(reading.value), language),
        ago=ago_in_words((now_ms - reading.at_ms) / 1000, language),
        chart=reading.kind if reading.kind in CHARTS else "",
    )
