"""What a run of the fleet came to: a table for a terminal, and the figures for the page."""

from __future__ import annotations

from collections.abc import Iterable

from tests.fleet.run import Outcome
from tests.fleet.verdict import BandFigures
from tests.reliability.figures import Bands, Figures, Row
from tests.reliability.stamp import Stamp

COLUMNS = ("bands", "said", "arrived", "refused", "presses", "sure", "told")


def table(outcome: Outcome) -> str:
    """By kind of band; then the faults that there were, and what was found."""
    rows = [*by_kind(outcome.bands.values()), _sum("all", list(outcome.bands.values()))]
    width = max(len(row.kind) for row in rows)
    lines = [" ".join([" " * width, *(f"{name:>8}" for name in COLUMNS)])]
    lines += [" ".join([f"{row.kind:{width}}", *(f"{getattr(row, name):8,}" for name in COLUMNS)]) for row in rows]
    lines += ["", f"{outcome.starts} starts of the daemon, {outcome.kills} of them behind a kill -9"]
    lines += [f"{number:4} x {name}" for name, number in sorted(outcome.faults_begun.items())]
    verdict = outcome.verdict
    lines += ["", f"presses lost {verdict.lost}, told twice {verdict.twice}, ids with two contents {verdict.two_contents}"]
    return "\n".join([*lines, *(f"FOUND {fault}" for fault in verdict.faults)])


def figures_of(command: str, made: Stamp, outcome: Outcome, took_s: float) -> Figures:
    """For docs/reliability.md: one row of the whole, and one a kind of band."""
    verdict = outcome.verdict
    bands = outcome.bands.values()
    presses = sum(one.presses for one in bands)
    said = f"{outcome.plan.seconds / 60:.0f} minutes, {outcome.readings:,} readings, {presses:,} presses, {outcome.kills} kills"
    row = Row(
        name=f"{len(bands)} bands: the daemon killed and ended, broker, platform, ports, adapter and bands away and back",
        kind="process",
        promise="each press that was heard is one alert, each reading has one content and comes, the account adds up",
        tried=outcome.faults_begun.total(),
        alerts_lost=verdict.lost,
        two_contents=verdict.two_contents,
        other=len(verdict.faults) - verdict.lost,
        said=said,
    )
    return Figures(command=command, made=made, took_s=took_s, rows=[row], bands=by_kind(bands))


def by_kind(bands: Iterable[BandFigures]) -> list[Bands]:
    """One row a kind, in the order in which they stand in the fleet."""
    kinds: dict[str, list[BandFigures]] = {}
    for band in bands:
        kinds.setdefault(band.kind, []).append(band)
    return [_sum(kind, of_kind) for kind, of_kind in kinds.items()]


def _sum(kind: str, bands: list[BandFigures]) -> Bands:
    sums = {name: sum(getattr(band, name) for band in bands) for name in COLUMNS[1:]}
    return Bands(kind=kind, bands=len(bands), **sums)
