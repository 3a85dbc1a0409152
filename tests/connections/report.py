"""A played week as figures: what the page and its picture are made of. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from gateway.sources.ble.schedule import MISSED_AFTER_S, VISIT_EVERY_S
from tests.connections.bands import HOUR_S, Band, Kind
from tests.connections.week import Course
from tests.reliability.stamp import Stamp

KINDS: dict[Kind, str] = {
    "own slot": "a slot of its own",
    "streams": "streams",
    "quick": "visited for 15 s",
    "slow": "visited for 150 s",
    "part of the day": "in reach for hours",
    "failing": "fails mostly",
    "on sight": "shows itself for 40 s",
    "stuck cuff": "shows itself always",
    "dead": "never answers",
    "away": "out of reach",
}
HOUR_SHOWN = 58  # of the week: a Wednesday, ten in the morning, where it began on a Monday


class Group(Struct, kw_only=True):
    """The bands of a kind. Shares are of slots, on average; `promised_s`: how long one waits at most, where that is promised.

    `waits_s`: the longest of each band, in reach and without a connection; `by_hour`: the share in each hour of the week.
    """

    kind: Kind
    bands: int
    connects: int
    visits: int
    share: float
    waits_s: list[float]
    promised_s: float | None
    by_hour: list[float]


class Held(Struct, kw_only=True):
    """A slot of the hour that is shown, and for whom; seconds since that hour began."""

    slot: int
    kind: Kind
    begun_s: float
    ended_s: float
    well: bool


class Report(Struct, kw_only=True):
    """The whole."""

    stamp: Stamp
    seed: int
    days: int
    groups: list[Group]
    hour: list[Held]
    shown: int
    shown_and_missed: int


def report(course: Course, stamp: Stamp, seed: int) -> Report:
    """All that is told of it."""
    of_kind = {kind: [band for band in course.bands if band.kind == kind] for kind in KINDS}
    begins_s = HOUR_SHOWN * HOUR_S
    hour = [
        Held(
            slot=link.slot,
            kind=link.band.kind,
            begun_s=round(max(link.begun_s - begins_s, 0), 1),
            ended_s=round(min(link.ended_s - begins_s, HOUR_S), 1),
            well=link.attempt.well,
        )
        for link in course.links
        if link.ended_s > begins_s and link.begun_s < begins_s + HOUR_S
    ]
    shown = [(band, reach) for band in of_kind["on sight"] for reach in band.reach]
    return Report(
        stamp=stamp,
        seed=seed,
        days=round(course.ends_s / (24 * HOUR_S)),
        groups=[_group(course, kind, bands) for kind, bands in of_kind.items()],
        hour=sorted(hour, key=lambda held: (held.slot, held.begun_s)),
        shown=len(shown),
        shown_and_missed=sum(course.missed(band, reach) for band, reach in shown),
    )


def _group(course: Course, kind: Kind, bands: Sequence[Band]) -> Group:
    hours = round(course.ends_s / HOUR_S)
    by_hour = [0.0] * hours
    for band in bands:
        for link in course.of(band):
            for hour in range(int(link.begun_s // HOUR_S), min(hours, int(link.ended_s // HOUR_S) + 1)):
                held_s = min(link.ended_s, (hour + 1) * HOUR_S) - max(link.begun_s, hour * HOUR_S)
                by_hour[hour] += held_s / HOUR_S
    waits = [course.longest_wait_s(band) for band in bands] if kind not in ("dead", "away", "on sight") else []
    return Group(
        kind=kind,
        bands=len(bands),
        connects=sum(len(course.of(band)) for band in bands),
        visits=sum(course.visits(band) for band in bands),
        share=course.share(bands),
        waits_s=[round(wait, 1) for wait in waits],
        promised_s=_promised_s(kind),
        by_hour=[round(share, 3) for share in by_hour],
    )


def _promised_s(kind: Kind) -> float | None:
    """Twice its interval; of one that fails mostly only that it has its turns."""
    if kind in ("own slot", "streams"):
        return 2 * MISSED_AFTER_S
    return 2 * VISIT_EVERY_S if kind in ("quick", "slow", "part of the day") else None
