"""What of a planted event must be told, and by when: worked out from the rows of the table alone, the slow and plain way.

A limit must be told where all that was measured lies beyond it for as long as its row asks, of at least two readings; of cuff
and thermometer each first reading beyond a warning or critical limit, at once, and the second as what its row says. What no
row can see, because the band measured too rarely, is not asked for: it is "not observable". Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from drivers.measurement import Measurement
from gateway.alert import PRIORITIES, Alert, Priority
from gateway.intake.plausibility import judge
from gateway.readings import Reading
from gateway.rules.limits import ASLEEP, MOVING, STILL, UNKNOWN, Limit, Limits, parts_of
from gateway.rules.table import RuleTable
from tests.ward.planted import Planted
from tests.ward.scene import WEARER, Scene, Setting

LEEWAY_MS = 15_000
AGAIN_MS = {"critical": 15 * 60_000, "warning": 60 * 60_000, "advisory": 60 * 60_000}
UNUSABLE_N, UNUSABLE_MS, UNUSABLE_APART_MS, UNUSABLE_SLOW_MS = 3, 120_000, 10_000, 600_000
SILENT_MS, OFF_MS, BATTERY_WARNING = 60 * 60_000, 30 * 60_000, 10
LOWER: dict[Priority, Priority] = {"critical": "warning", "warning": "advisory", "advisory": "advisory"}


class Required(NamedTuple):
    """At least this priority by `due_ms`; `from_ms`: the first reading that shows it.

    `known`: an alert that was open when it began told of this limit, or of one further out on its side.
    """

    priority: Priority
    rule: str
    from_ms: int
    due_ms: int
    known: bool = False


def required(planted: Planted, played: Scene, table: RuleTable, open_then: Sequence[Alert]) -> Required | None:
    """The most urgent that must be told of this event, of those the one that is due first; None: nothing can be seen.

    `open_then`: the alerts that were open when it began, before people did anything about them.
    """
    if planted.loss:
        return _lost(planted, played)
    readings = [one for one in played.event if one.kind == planted.kind]
    limits = table.limits(WEARER, planted.kind)
    if limits is None or not readings:
        return None
    known = _Known(limits, [one for one in open_then if one.kind == planted.kind and one.condition == "active"])
    if planted.irregular:
        found = list(_irregular(played, readings))
    elif planted.values:
        found = list(_spot(limits, readings, known))
    else:
        found = list(_stream(limits, planted, played, readings, known))
    return min(found, key=lambda one: (PRIORITIES.index(one.priority), one.due_ms), default=None)


class _Known:
    """What people know already."""

    def __init__(self, limits: Limits, alerts: Sequence[Alert]) -> None:
        self._told = [
            (limit, alert.priority)
            for alert in alerts
            for limit in limits.limits
            if (limit.rule, limit.limit) == (alert.rule.id, alert.rule.limit)
        ]

    def of(self, limit: Limit, priority: Priority) -> bool:
        """Whether an alert so urgent tells of this limit, or of one further out on its side."""
        return any(
            (told.part, told.high) == (limit.part, limit.high)
            and told.out >= limit.out
            and PRIORITIES.index(urgency) <= PRIORITIES.index(priority)
            for told, urgency in self._told
        )


# --- bands ----------------------------------------------------------------------------------------------------------


def doing(setting: Setting) -> int:
    """What the wearer does in the event, in the bits of the rules."""
    if setting.motion == "unknown":
        return UNKNOWN
    if setting.motion == "moving":
        return MOVING
    return STILL | ASLEEP if setting.night else STILL


def _stream(limits: Limits, planted: Planted, played: Scene, readings: Sequence[Reading], known: _Known) -> Iterator[Required]:
    usable = [one for one in readings if _usable(one)]
    sample_ms = round(played.setting.every_s * 1020)
    for limit in limits.limits:
        if limit.own or not limit.is_for(doing(played.setting)):
            continue
        priority = LOWER[limit.priority] if planted.kind == "oxygen_saturation" and planted.device == "band" else limit.priority
        for run in _runs(limit, usable):
            yield from _lasting(limit, priority, run, known.of(limit, priority), sample_ms, played)
    yield from _no_value(readings)


def _no_value(readings: Sequence[Reading]) -> Iterator[Required]:
    """Three in two minutes, each 10 s after the one before, or two that are 10 min apart; no usable one between."""
    run: list[Reading] = []
    for one in readings:
        if _usable(one):
            run = []
        elif not run or one.at_ms - run[-1].at_ms >= UNUSABLE_APART_MS:
            run.append(one)
            many = len(run) >= UNUSABLE_N and one.at_ms - run[-UNUSABLE_N].at_ms <= UNUSABLE_MS
            if many or one.at_ms - run[0].at_ms >= UNUSABLE_SLOW_MS:
                yield Required("warning", "NO-VALUE", run[0].at_ms, one.received_ms + LEEWAY_MS)
                return


def _runs(limit: Limit, readings: Sequence[Reading]) -> Iterator[list[Reading]]:
    """What lies beyond the limit without one between that does not."""
    run: list[Reading] = []
    for one in readings:
        if limit.crossed(parts_of(one.value)):
            run.append(one)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _lasting(
    limit: Limit, priority: Priority, run: list[Reading], known: bool, sample_ms: int, played: Scene
) -> Iterator[Required]:
    lasting_ms = limit.persistence.lasting_s * 1000
    enough = next((one for one in run[1:] if one.at_ms - run[0].at_ms >= lasting_ms), None)
    if enough is None:
        return
    due_ms = enough.received_ms + sample_ms + LEEWAY_MS
    if known and played.setting.handling == "resolved":  # a person knows of it, and hears of it again after a while
        again_ms = played.begin_ms + AGAIN_MS[limit.priority]
        if run[-1].at_ms < again_ms + sample_ms:
            return
        due_ms = max(due_ms, again_ms + 2 * sample_ms + LEEWAY_MS)
    yield Required(priority, f"{run[0].kind}/{limit.name}", run[0].at_ms, due_ms, known)


def _usable(reading: Reading) -> bool:
    return not any(word.startswith("invalid:") for word in judge(_measurement(reading), reading.at_ms, None))


def _measurement(reading: Reading) -> Measurement:
    return Measurement(kind=reading.kind, value=reading.value)


def _irregular(played: Scene, readings: Sequence[Reading]) -> Iterator[Required]:
    """Of five of six minutes at rest."""
    if played.setting.every_s <= 15 and played.setting.motion == "still":
        yield Required("advisory", "IRREGULAR", readings[0].at_ms, readings[-1].at_ms)


# --- the band itself ---------------------------------------------------------------------------------------------------


def _lost(planted: Planted, played: Scene) -> Required | None:
    """By the defaults of `[supervision]`. At night a band may be silent or off the wrist."""
    if planted.loss == "battery":
        low = next(one for one in played.event if one.kind == "battery" and _number(one) <= BATTERY_WARNING)
        return Required("warning", "BATT", low.at_ms, low.received_ms + LEEWAY_MS)
    if played.setting.night:
        return None
    if planted.loss == "off_wrist":
        return Required("warning", "OFF", played.event[0].at_ms, played.event[0].received_ms + OFF_MS + LEEWAY_MS)
    last = played.before[-1]
    due_ms = last.received_ms + SILENT_MS + LEEWAY_MS
    return Required("warning", "SILENT", last.at_ms, due_ms) if due_ms < played.end_ms else None


def _number(reading: Reading) -> float:
    assert isinstance(reading.value, int | float)
    return reading.value


# --- cuff and thermometer -------------------------------------------------------------------------------------------


def _spot(limits: Limits, readings: Sequence[Reading], known: _Known) -> Iterator[Required]:
    for limit in limits.limits:
        if limit.own or limit.priority == "advisory":
            continue
        beyond = [one for one in readings if _usable(one) and limit.crossed(parts_of(one.value))]
        if beyond:
            first = beyond[0]
            yield Required(
                "warning", f"{first.kind}/{limit.name}", first.at_ms, first.received_ms + LEEWAY_MS, known.of(limit, "warning")
            )
        for first, second in pairwise(beyond):
            if second.at_ms - first.at_ms >= limit.persistence.apart_s * 1000:
                yield Required(
                    limit.priority,
                    f"{first.kind}/{limit.name}",
                    first.at_ms,
                    second.received_ms + LEEWAY_MS,
                    known.of(limit, limit.priority),
                )
    unusable = [one for one in readings if not _usable(one)]
    if len(unusable) >= 2:
        by_cuff = unusable[0].kind == "blood_pressure"
        yield Required("critical" if by_cuff else "warning", "NO-VALUE", unusable[0].at_ms, unusable[1].received_ms + LEEWAY_MS)
