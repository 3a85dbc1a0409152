"""Readings of one wearer for the rules that look at more than one value, and a part of rules over restarts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from drivers.driver import SensorTraits
from drivers.measurement import BloodPressure
from gateway.alert import Alert, Clearing, Finding
from gateway.readings import Reading
from gateway.rules.part import RulePart
from gateway.rules.situation import Situation
from gateway.settings.shipped import shipped_table

BEGIN_MS = 1_795_500_000_000
S, MINUTE, HOUR = 1000, 60_000, 3_600_000
TABLE = shipped_table()
WRIST = Situation(sensor=SensorTraits(site="wrist", worn=True))
CUFF = Situation(sensor=SensorTraits(cuff=True, site="arm"))
OUT = ("invalid:out_of_range",)


def reading(kind: Any, value: Any, at_s: float, *quality: str, device: str = "A", **rest: Any) -> Reading:
    """At so many seconds."""
    at_ms = BEGIN_MS + round(at_s * S)
    return Reading(
        wearer=rest.pop("wearer", "W"),
        device=device,
        driver="d",
        kind=kind,
        value=value,
        at_ms=at_ms,
        received_ms=rest.pop("received_ms", at_ms),
        clock="synced",
        quality=quality,
        **rest,
    )


def pressure(systolic: float, diastolic: float, at_s: float, *quality: str, **rest: Any) -> Reading:
    return reading("blood_pressure", BloodPressure(systolic, diastolic), at_s, *quality, **rest)


Told = list[tuple[float, str]]


def short(verdict: Finding | Clearing) -> str:
    """`warning`, `critical?` (unconfirmed), `cleared`."""
    if isinstance(verdict, Clearing):
        return "cleared"
    return verdict.priority + "?" * verdict.unconfirmed


def play(part: RulePart, readings: Iterable[Reading], situation: Situation = WRIST) -> Told:
    """What is told, at which second; between readings the part is woken when it wants to be."""
    told: Told = []
    for one in readings:
        told += wake(part, one.received_ms)
        told += [(seconds(one.received_ms), short(verdict)) for verdict in part.take(one, situation, one.received_ms)]
    return told


def wake(part: RulePart, until_ms: int) -> Told:
    """Time passes."""
    told: Told = []
    for _ in range(1000):
        due_ms = part.next_ms()
        if due_ms is None or due_ms > until_ms:
            return told
        told += [(seconds(due_ms), short(verdict)) for verdict in part.tick(due_ms)]
    raise AssertionError("it wants to be woken without end")


def seconds(at_ms: int) -> float:
    return (at_ms - BEGIN_MS) / S


def reborn(part: RulePart, fresh: Callable[[], RulePart], disk: dict[str, bytes]) -> RulePart:
    """The same after a restart."""
    disk.update(part.memory())
    born = fresh()
    born.load(disk)
    return born


def alert(finding: Finding) -> Alert:
    """The open alert of a finding."""
    return Alert(
        number=1,
        kind=finding.kind,
        priority=finding.priority,
        condition="active",
        workflow="sent",
        at_ms=finding.at_ms,
        raised_ms=finding.at_ms,
        rule=finding.rule,
        wearer=finding.wearer,
        device=finding.device,
        readings=finding.readings,
        unconfirmed=finding.unconfirmed,
    )
