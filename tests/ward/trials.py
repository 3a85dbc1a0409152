"""Plants events, and sees whether they were told, how late, and whether there was nothing at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from gateway.alert import PRIORITIES, Priority
from tests.ward.oracle import Required, required
from tests.ward.planted import PLANTED, Planted
from tests.ward.rules import supervision
from tests.ward.scene import WEARER, Scene, Setting, scene, settings
from tests.ward.shipped import table
from tests.ward.station import Station, Told

TELLING = ("raised", "updated", "escalated")
HOUR_MS = 3_600_000


class Trial(Struct, kw_only=True):
    """One event that was planted. `late_s`: later than it may be; `stood`: an open alert said it already."""

    name: str
    every_s: float
    standing: str
    handling: str
    night: bool
    motion: str
    rule: str = ""
    observable: bool = False
    found: bool = False
    stood: bool = False
    silent: bool = False
    delay_s: float = 0.0
    allowed_s: float = 0.0


class Planting(NamedTuple):
    """So many of one kind; `first`: of how many kinds and seeds before it."""

    kind: int
    number: int
    seed: int


def plant(planting: Planting) -> list[Trial]:
    """All trials of one kind of event."""
    planted = PLANTED[planting.kind]
    return [trial(planted, one) for one in settings(planted, planting.number, planting.seed * 1000 + planting.kind)]


def trial(planted: Planted, setting: Setting) -> Trial:
    """One of them."""
    played = scene(planted, setting)
    result = Trial(
        name=planted.name,
        every_s=setting.every_s,
        standing=setting.standing,
        handling=setting.handling,
        night=setting.night,
        motion=setting.motion,
    )
    bands = supervision(WEARER, [planted.device], played.begin_ms) if planted.loss else None
    station = Station(table(), bands=bands, nurse=False)
    station.hear(played.before)
    station.wait(max(station.now_ms, played.begin_ms - 1))
    open_then = list(station.alerts)
    if setting.handling in ("resolved", "closed"):
        station.close_all()
    wanted = required(planted, played, table(), open_then)
    stood = wanted is not None and wanted.known and bool(station.alerts)
    _play(station, planted, played)
    if wanted is None:
        return result
    return _judged(result, planted, played, station, wanted, stood)


def _play(station: Station, planted: Planted, played: Scene) -> None:
    if planted.restart:
        cut_ms = (played.begin_ms + played.end_ms) // 2
        station.hear(one for one in played.event if one.received_ms <= cut_ms)
        station.restart(cut_ms)
        station.hear(one for one in played.event if one.received_ms > cut_ms)
    else:
        station.hear(played.event)
    station.hear(played.after)
    station.wait(played.after[-1].received_ms + HOUR_MS)


def _judged(result: Trial, planted: Planted, played: Scene, station: Station, wanted: Required, stood: bool) -> Trial:
    result.observable, result.rule, result.stood = True, wanted.rule, stood
    since = [one for one in station.told if one.at_ms >= played.begin_ms and one.event in TELLING and _is_of(one, planted)]
    told = [one for one in since if _at_least(one.alert.priority, wanted.priority)]
    in_time = [one for one in told if one.at_ms <= wanted.due_ms]
    result.found = stood or bool(in_time)
    first = told[0].at_ms if told else None
    result.delay_s = (first - wanted.from_ms) / 1000 if first is not None and not stood else math.nan
    result.allowed_s = (wanted.due_ms - wanted.from_ms) / 1000
    result.silent = not stood and not [one for one in since if one.at_ms <= wanted.due_ms]
    return result


def _is_of(one: Told, planted: Planted) -> bool:
    return one.alert.kind in planted.kinds


def _at_least(priority: Priority, wanted: Priority) -> bool:
    return PRIORITIES.index(priority) <= PRIORITIES.index(wanted)


class Found(Struct, kw_only=True):
    """Of one kind of event and one interval of measuring."""

    name: str
    every_s: float
    n: int
    observable: int
    found: int
    silent: int
    delay_median_s: float | None
    delay_worst_s: float | None
    late: int


def summed(trials: Sequence[Trial]) -> list[Found]:
    """By kind and interval, in the order in which they are planted."""
    keys = dict.fromkeys((trial.name, trial.every_s) for trial in trials)
    order = [planted.name for planted in PLANTED]
    return [
        _found([trial for trial in trials if (trial.name, trial.every_s) == key])
        for key in sorted(keys, key=lambda key: (order.index(key[0]), key[1]))
    ]


def _found(trials: Sequence[Trial]) -> Found:
    observable = [trial for trial in trials if trial.observable]
    delays = sorted(trial.delay_s for trial in observable if not math.isnan(trial.delay_s))
    return Found(
        name=trials[0].name,
        every_s=trials[0].every_s,
        n=len(trials),
        observable=len(observable),
        found=sum(trial.found for trial in observable),
        silent=sum(trial.silent for trial in observable),
        delay_median_s=delays[len(delays) // 2] if delays else None,
        delay_worst_s=delays[-1] if delays else None,
        late=sum(not trial.found for trial in observable),
    )
