"""What the tests of the rules share: the table as it is shipped, readings made short, and a ward that keeps its alerts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from drivers.measurement import BloodPressure, Kind, Value
from gateway.alert import Alert, Clearing, Finding
from gateway.alerts import lifecycle
from gateway.readings import Reading
from gateway.rules.engine import RuleEngine
from gateway.rules.table import RuleTable

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


class Ward:
    """Rules, and the alerts that come of what they find, without a disk."""

    def __init__(self, other_table: RuleTable | None = None) -> None:
        self.rules = RuleEngine(other_table or table())
        self.told: list[Finding | Clearing] = []
        self.alerts: list[Alert] = []

    def takes(self, *readings: Reading) -> list[Finding | Clearing]:
        """The rules see these readings, each at the time it is received; what they found."""
        return [told for one in readings for told in self._keep(self.rules.take(one, one.received_ms))]

    def waits_until(self, at_s: float) -> list[Finding | Clearing]:
        """Time passes; what the rules found."""
        return self._keep(self.rules.tick(BEGIN_MS + round(at_s * 1000)))

    def _keep(self, told: list[Finding | Clearing]) -> list[Finding | Clearing]:
        self.told += told
        for one in told:
            alert = lifecycle.find(self.alerts, one)
            if alert is not None:
                self.alerts[alert.number - 1], _ = lifecycle.step(alert, one)
            elif isinstance(one, Finding):
                self.alerts.append(lifecycle.open_alert(len(self.alerts) + 1, one, one.at_ms))
        return told

    @property
    def findings(self) -> list[Finding]:
        return [one for one in self.told if isinstance(one, Finding)]

    @property
    def priorities(self) -> list[str]:
        """Of everything found, in order."""
        return [finding.priority for finding in self.findings]


def stream(kind: Kind, values: Iterable[float], every_s: float = 1, since_s: float = 0) -> list[Reading]:
    """Values that come one after another."""
    return [reading(kind, value, since_s + number * every_s) for number, value in enumerate(values)]
