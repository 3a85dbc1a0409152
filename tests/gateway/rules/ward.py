"""What the tests of the rules share: the table as it is shipped, readings made short, and a ward that keeps its alerts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from drivers.driver import SensorTraits
from drivers.measurement import BloodPressure, Kind, Value
from gateway.alert import Alert, Clearing, EventName, Finding
from gateway.alerts import lifecycle
from gateway.readings import Reading
from gateway.rules.engine import RuleEngine
from gateway.rules.table import RuleTable
from gateway.rules.wearer_situation import WearerSituations

RULES_TOML = Path(__file__).parents[3] / "config" / "rules.toml"
DATA: dict[str, Any] = tomllib.loads(RULES_TOML.read_text(encoding="utf-8"))
EXACT: dict[str, Any] = tomllib.loads(RULES_TOML.read_text(encoding="utf-8"), parse_float=Decimal)

BEGIN_MS = 1_795_400_000_000  # some morning
MINUTE_S = 60
HOUR_S = 3600


def table() -> RuleTable:
    """The table as it is shipped, made anew by each test that asks, or a mutant of what makes it would go unnoticed."""
    return RuleTable.read(DATA)


def reading(kind: Kind, value: Value, at_s: float, **others: Any) -> Reading:
    """A reading so many seconds after the beginning, that arrives at once."""
    at_ms = BEGIN_MS + round(at_s * 1000)
    defaults = {"wearer": "W-017", "device": "C0:FF:EE:00:00:01", "driver": "test", "received_ms": at_ms, "clock": "synced"}
    return Reading(kind=kind, value=value, at_ms=at_ms, **{**defaults, **others})


def pressure(systolic: float, diastolic: float, at_s: float, **others: Any) -> Reading:
    """A blood pressure so many seconds after the beginning."""
    return reading("blood_pressure", BloodPressure(systolic, diastolic), at_s, **others)


SHANGHAI = ZoneInfo("Asia/Shanghai")


class Ward:
    """Rules, and the alerts that come of what they find, without a disk. `sensors`: what each device is like."""

    def __init__(self, other_table: RuleTable | None = None, sensors: Mapping[str, SensorTraits] | None = None) -> None:
        self.table = other_table or table()
        self.sensors = sensors or {}
        self.rules = self._engine()
        self.told: list[Finding | Clearing] = []
        self.events: list[tuple[EventName | None, Alert]] = []
        self.alerts: list[Alert] = []
        self.now_ms = BEGIN_MS

    def _engine(self) -> RuleEngine:
        return RuleEngine(self.table, WearerSituations(lambda one: self.sensors.get(one.device, SensorTraits()), SHANGHAI))

    def takes(self, *readings: Reading) -> list[Finding | Clearing]:
        """The rules see these readings, each at the time it is received; what they found."""
        return [told for one in readings for told in self._keep(self.rules.take(one, one.received_ms))]

    def waits_until(self, at_s: float) -> list[Finding | Clearing]:
        """Time passes, in one step; what the rules found."""
        return self._keep(self.rules.tick(BEGIN_MS + round(at_s * 1000)))

    def lives(self, *readings: Reading, until_s: float | None = None) -> list[Finding | Clearing]:
        """The same readings, and between them the rules are asked whenever something is due; what they found."""
        told: list[Finding | Clearing] = []
        for one in readings:
            told += self._due(one.received_ms) + self.takes(one)
            self.now_ms = one.received_ms
        return told + (self._due(BEGIN_MS + round(until_s * 1000)) if until_s is not None else [])

    def _due(self, until_ms: int) -> list[Finding | Clearing]:
        told: list[Finding | Clearing] = []
        while (next_ms := self.rules.next_ms()) is not None and next_ms <= until_ms:
            told += self._keep(self.rules.tick(max(next_ms, self.now_ms)))
        return told

    def closes(self, at_s: float, verb: str = "resolve", kind: str | None = None) -> None:
        """A person closes every open alert (of this kind)."""
        self.now_ms = BEGIN_MS + round(at_s * 1000)
        for alert in [one for one in self.alerts if one.open and kind in (None, one.kind)]:
            after, _ = lifecycle.step(alert, lifecycle.Action(verb=verb, actor="Li"))
            self.alerts[alert.number - 1] = after
            self.rules.closed(after, BEGIN_MS + round(at_s * 1000))

    def restarts(self, at_s: float = 0) -> list[Finding]:
        """The gateway stops and starts: what is on the disk is all that is left; what it tells at once."""
        memory, self.now_ms = self.rules.memory(), max(self.now_ms, BEGIN_MS + round(at_s * 1000))
        self.rules = self._engine()
        self.rules.load(memory)
        found = self.rules.resume(self.alerts, BEGIN_MS + round(at_s * 1000))
        self._keep([*found])
        return found

    def _keep(self, told: list[Finding | Clearing]) -> list[Finding | Clearing]:
        self.told += told
        for one in told:
            alert = lifecycle.find(self.alerts, one)
            if alert is not None:
                self.alerts[alert.number - 1], event = lifecycle.step(alert, one)
                self.events.append((event, self.alerts[alert.number - 1]))
            elif isinstance(one, Finding):
                self.alerts.append(lifecycle.open_alert(len(self.alerts) + 1, one, one.at_ms))
                self.events.append(("raised", self.alerts[-1]))
        return told

    @property
    def findings(self) -> list[Finding]:
        return [one for one in self.told if isinstance(one, Finding)]

    @property
    def priorities(self) -> list[str]:
        """Of everything found, in order."""
        return [finding.priority for finding in self.findings]

    @property
    def event_names(self) -> list[EventName | None]:
        """Of everything told, in order."""
        return [name for name, _ in self.events]


def steps(per_minute: float, since_s: float, until_s: float, **others: Any) -> list[Reading]:
    """A count of steps every minute: 0 a minute is somebody who is still."""
    minutes = int((until_s - since_s) // MINUTE_S) + 1
    counts = [(round(5000 + number * per_minute), since_s + number * MINUTE_S) for number in range(minutes)]
    return [reading("steps", count, at_s, **others) for count, at_s in counts]


def together(*streams: list[Reading]) -> list[Reading]:
    """In the order in which they come."""
    return sorted((one for stream in streams for one in stream), key=lambda one: one.received_ms)


def stream(kind: Kind, values: Iterable[float], every_s: float = 1, since_s: float = 0) -> list[Reading]:
    """Values that come one after another."""
    return [reading(kind, value, since_s + number * every_s) for number, value in enumerate(values)]
