"""What a replay comes to: alerts of each kind a worn day, those that come again at once, the longest. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, tzinfo

from msgspec import Struct

from drivers.driver import SensorTraits
from gateway.alert import PRIORITIES, AlertEvent, AlertKind, Priority
from gateway.intake.sign_in import OF_A_BODY
from gateway.replay.lines import ReadingLine
from gateway.replay.worn_time import DAY_MS, WornDevice

SOON_MS = 3_600_000


class Frequency(Struct, frozen=True):
    """So many alerts of this kind, of which this was the highest priority. `per_day`: worn; None: nothing was worn."""

    kind: AlertKind
    priority: Priority
    n: int
    per_day: float | None


class Stats(Struct, frozen=True, kw_only=True):
    """`chatter`: alerts that begin within an hour of the end of one of the same wearer and kind. `longest_s`: active.
    `events`: lines that would be sent.
    """

    wearers: int
    worn_days: float
    alerts: list[Frequency]
    chatter: int
    longest_s: float
    events: int


class _Told(Struct):
    """Of one alert: its highest priority, since when it is active (None: it is not), and how long it was before."""

    kind: AlertKind
    priority: Priority
    since_ms: int | None
    active_ms: int = 0


class Counting:
    """Fed with the readings and the events of a replay. `zone`: in which days are counted."""

    def __init__(self, zone: tzinfo, sensor_of: Callable[[str], SensorTraits]) -> None:
        self._zone, self._sensor_of = zone, sensor_of
        self._wearers: set[str] = set()
        self._worn: dict[str, WornDevice] = {}
        self._days: set[tuple[str, date]] = set()
        self._told: dict[int, _Told] = {}
        self._over: Counter[tuple[AlertKind, Priority]] = Counter()
        self._ended_ms: dict[tuple[str, ...], int] = {}
        self._chatter, self._longest_ms, self._events = 0, 0, 0

    # --- readings -----------------------------------------------------------------------------------------------------

    def heard(self, line: ReadingLine, device: str) -> None:
        """A reading that came."""
        self._wearers.add(line.wearer)
        worn = self._worn.get(device)
        if worn is None and self._sensor_of(device).worn:
            worn = self._worn[device] = WornDevice()
        if worn is not None:
            worn.measured(line.at_ms)
            if line.kind == "worn" or line.kind == "charging":
                worn.said(line.at_ms, line.kind, line.value is True)
        elif line.kind in OF_A_BODY:
            self._days.add((device, datetime.fromtimestamp(line.at_ms / 1000, self._zone).date()))

    @property
    def _worn_days(self) -> float:
        worn_ms = sum(device.worn_ms for device in self._worn.values())
        return worn_ms / DAY_MS + len(self._days)

    # --- alerts -------------------------------------------------------------------------------------------------------

    def told(self, event: AlertEvent) -> None:
        """An event of an alert."""
        self._events += 1
        alert = event.alert
        told = self._told.get(alert.number)
        if told is None:
            told = self._told[alert.number] = _Told(alert.kind, alert.priority, event.at_ms)
            self._begins(event)
        told.priority = min(told.priority, alert.priority, key=PRIORITIES.index)
        active = alert.open and alert.condition == "active"
        if active and told.since_ms is None:
            told.since_ms = event.at_ms
        elif not active and told.since_ms is not None:
            told.active_ms += max(0, event.at_ms - told.since_ms)
            told.since_ms = None
        if not alert.open:
            self._ended_ms[_whose(event)] = event.at_ms
            self._settle(self._told.pop(alert.number))

    def _begins(self, event: AlertEvent) -> None:
        ended_ms = self._ended_ms.get(_whose(event))
        if ended_ms is not None and event.at_ms - ended_ms <= SOON_MS:
            self._chatter += 1

    def _settle(self, told: _Told) -> None:
        self._over[told.kind, told.priority] += 1
        self._longest_ms = max(self._longest_ms, told.active_ms)

    def result(self, end_ms: int) -> Stats:
        """What there is when the clock stops; what is active then lasted till then."""
        for told in self._told.values():
            told.active_ms += 0 if told.since_ms is None else max(0, end_ms - told.since_ms)
            self._settle(told)
        self._told.clear()
        days = self._worn_days
        return Stats(
            wearers=len(self._wearers),
            worn_days=round(days, 6),
            alerts=[
                Frequency(kind, priority, n, round(n / days, 6) if days else None)
                for (kind, priority), n in sorted(self._over.items(), key=_order)
            ],
            chatter=self._chatter,
            longest_s=self._longest_ms / 1000,
            events=self._events,
        )


def _order(counted: tuple[tuple[AlertKind, Priority], int]) -> tuple[int, str]:
    (kind, priority), _ = counted
    return PRIORITIES.index(priority), kind


def _whose(event: AlertEvent) -> tuple[str, ...]:
    alert = event.alert
    return (alert.kind, alert.device, alert.detail) if alert.kind == "technical" else (alert.kind, alert.wearer)
