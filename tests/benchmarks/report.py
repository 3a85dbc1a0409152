"""What a run found, as one value: for a table on a terminal, for docs/performance.json and the page made of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from tests.benchmarks.figures import Figure, Found, Series, figures_of, markdown, number, series_of
from tests.benchmarks.targets import TARGETS, Target


class Report(msgspec.Struct, kw_only=True):
    """Of one run. `measured`: the figures of each measurement; `broken`: which could not be taken, and why."""

    machine: dict[str, str]
    quick: bool
    repeat: int
    measured: dict[str, list[Figure]]
    series: list[Series]
    broken: dict[str, str]

    def figure(self, name: str) -> Figure | None:
        """None: it was not measured."""
        return next((one for one in self.figures() if one.name == name), None)

    def figures(self) -> Iterator[Figure]:
        """All of them, in order."""
        return (one for figures in self.measured.values() for one in figures)

    def value(self, name: str) -> float:
        """Of a figure that there is. Raises KeyError."""
        if found := self.figure(name):
            return found.value
        raise KeyError(name)

    def course(self, name: str) -> Series | None:
        """None: it was not measured."""
        return next((one for one in self.series if one.name == name), None)


def report(
    machine: Mapping[str, str], found: Mapping[str, Found], broken: Mapping[str, str], *, repeat: int, quick: bool
) -> Report:
    """Of what each measurement found."""
    return Report(
        machine=dict(machine),
        quick=quick,
        repeat=repeat,
        measured={name: figures_of(one) for name, one in found.items()},
        series=[series for one in found.values() for series in series_of(one)],
        broken=dict(broken),
    )


def judged(report: Report) -> Iterator[tuple[Target, Figure | None]]:
    """Each target of what was measured, with its figure."""
    for name, targets in TARGETS.items():
        if name in report.measured or name in report.broken:
            for target in targets:
                yield target, report.figure(target.figure)


def unmeasured(report: Report) -> list[str]:
    """The figures that are wanted and that no measurement gave, although it ran."""
    return [target.figure for target, figure in judged(report) if figure is None]


def told(report: Report) -> str:
    """As a terminal shows it: what is wanted, then all that was measured besides, and what could not be."""
    wanted = [_row(target, figure) for target, figure in judged(report)]
    named = {target.figure for targets in TARGETS.values() for target in targets}
    besides = [_besides(f) for figures in report.measured.values() for f in figures if f.name not in named]
    return "\n\n".join(
        [
            "; ".join(f"{key} {value}" for key, value in report.machine.items()),
            markdown(("figure", "value", "unit", "wanted", "", "measured on"), wanted, {1}),
            markdown(("besides", "value", "unit", "measured on"), besides, {1}),
            *(f"{name} could not be measured: {why}" for name, why in report.broken.items()),
        ]
    )


def _row(target: Target, figure: Figure | None) -> tuple[str, ...]:
    if figure is None:
        return target.figure, "-", target.unit, target.words(), "not measured", ""
    return figure.name, number(figure.value), figure.unit, target.words(), target.verdict(figure.value), note(figure)


def _besides(figure: Figure) -> tuple[str, ...]:
    return figure.name, number(figure.value), figure.unit, note(figure)


def note(figure: Figure) -> str:
    """What it was measured on, and from where to where it went."""
    if not figure.runs:
        return figure.note
    spread = f"{number(min(figure.runs))} to {number(max(figure.runs))} in {len(figure.runs)} rounds"
    return f"{spread}; {figure.note}" if figure.note else spread


def decoded(data: bytes) -> Report:
    """Of that JSON. Raises msgspec.DecodeError."""
    return msgspec.json.decode(data, type=Report)
