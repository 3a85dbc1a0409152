"""The stats of `lifering replay` as a table for people, one configuration beside the other. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.alert import PRIORITIES
from gateway.cli.columns import padded, width
from gateway.language import Language
from gateway.replay.stats import Frequency, Stats
from gateway.words.replay import STATS


def table(found: Sequence[tuple[str, Stats]], language: Language) -> Iterator[str]:
    """`found`: of each configuration, by its name."""
    rows = list(_rows(found, language))
    columns = [max(width(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(padded(cell, columns[place]) for place, cell in enumerate(row)).rstrip()


def _rows(found: Sequence[tuple[str, Stats]], language: Language) -> Iterator[list[str]]:
    def said(name: str, **facts: object) -> str:
        return STATS[name].of(language).format(**facts)

    every = [stats for _, stats in found]
    if len(found) > 1:
        yield [said("configuration"), *(name or said("shipped") for name, _ in found)]
    yield [said("wearers"), *(str(stats.wearers) for stats in every)]
    yield [said("worn_days"), *(said("days", days=f"{stats.worn_days:.2f}") for stats in every)]
    yield [said("kind"), *(f"{said('n')}, {said('per_day')}" for _ in every)]
    for kind, priority in _kinds(every):
        yield [f"  {kind}, {priority}", *(_frequency(stats, kind, priority) for stats in every)]
    yield [said("chatter"), *(str(stats.chatter) for stats in every)]
    yield [said("longest_s"), *(_length(stats.longest_s) for stats in every)]
    yield [said("events"), *(str(stats.events) for stats in every)]


def _kinds(every: Sequence[Stats]) -> list[tuple[str, str]]:
    """All that there are in any of them, the most urgent first."""
    kinds = {(one.kind, one.priority) for stats in every for one in stats.alerts}
    return sorted(kinds, key=lambda of: (PRIORITIES.index(of[1]), of[0]))


def _frequency(stats: Stats, kind: str, priority: str) -> str:
    found: Frequency | None = next((one for one in stats.alerts if (one.kind, one.priority) == (kind, priority)), None)
    if found is None:
        return "0"
    return str(found.n) if found.per_day is None else f"{found.n}, {found.per_day:.2f}"


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
