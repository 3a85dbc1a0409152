"""A month of 200 simulated wearers under the rules, and events planted in it: `./dev bench ward`.

Exit 1 where what is wanted is missed. `--quick`: a minute, to see that nothing has become much worse; `--write`: the page
in docs/. `--days`, `--planted`: a shorter run on a slow machine; the page says what was done.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable
from multiprocessing import Pool
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from gateway.settings.shipped import shipped_signature
from tests.benchmarks import machine
from tests.json_file import encoded
from tests.progress import Progress
from tests.ward import page, report, vitals
from tests.ward.people import BANDS, DAYS, SEEDS, measured, month, wearers
from tests.ward.planted import PLANTED
from tests.ward.shipped import table
from tests.ward.trials import Planting, Trial, plant
from tests.ward.truth import REAL, figures

Done = TypeVar("Done")
PLANTED_EACH, PART = 500, 25


def main() -> int:
    """Measures, prints, and says whether it is good enough."""
    parser = argparse.ArgumentParser(
        prog="./dev bench ward", description="How often the rules call for nothing, and what they find."
    )
    parser.add_argument("--quick", action="store_true", help="a minute's run; not for figures")
    parser.add_argument("--vitals", type=Path, metavar="DIR", help="real series besides, where they are on this machine")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there too")
    parser.add_argument("--write", action="store_true", help="write docs/ward.json, docs/ward.md and its picture anew")
    parser.add_argument("--only", metavar="WORD", help="only planted events whose name has this word; nothing is judged")
    parser.add_argument("--days", type=int, default=DAYS, metavar="N", help="of each wearer (%(default)s)")
    parser.add_argument("--planted", type=int, default=PLANTED_EACH, metavar="N", help="events of each kind (%(default)s)")
    options = parser.parse_args()
    os.nice(max(0, 10 - os.nice(0)))
    if options.only:
        return _only(options.only)
    result = _measured(_effort(options), options.vitals)
    if options.json:
        options.json.write_bytes(encoded(result))
    if options.write:
        page.write(result)
    print(page.text(result))
    for row in result.gate:
        print(f"{'pass  ' if row.passed else 'MISSED'} {row.what}: {row.value:.3g}, wanted {row.wanted}", file=sys.stderr)
    return 0 if all(row.passed for row in result.gate) else 1


class Effort(NamedTuple):
    """How much is simulated."""

    seeds: range
    days: int
    planted: int


QUICK = Effort(range(5, 7), 3, 14)


def _effort(options: argparse.Namespace) -> Effort:
    return QUICK if options.quick else Effort(SEEDS, options.days, options.planted)


def _measured(effort: Effort, folder: Path | None) -> report.Report:
    facts, signature, (seeds, days, each) = machine.facts(), shipped_signature(), effort
    everybody = wearers(seeds, days)
    people = _all("the ward", month, everybody)
    people.sort(key=lambda one: one.name)
    plantings = [Planting(kind, min(PART, each), seed) for kind in range(len(PLANTED)) for seed in range(-(-each // PART))]
    trials = [one for some in _all("planted events", plant, plantings) for one in some]
    found, planted_n = report.planted(trials)
    ward = report.rates(people)
    return report.Report(
        machine=facts,
        days=days,
        seeds=list(seeds),
        table=table().version,
        mark=signature.rows,
        simulated=dict(_simulated()),
        ward=ward,
        by_band=report.by_band(people),
        planted=found,
        planted_n=planted_n,
        rows=report.missed_by_row(trials),
        gate=report.gate(ward, trials),
        real=_real(folder) if folder else [],
    )


def _simulated() -> Iterable[tuple[str, float]]:
    """Of a part of them: the figures that are held against real people."""
    some = [one for one in wearers(range(1, 11), 6) if 60 <= BANDS[one.place][0] <= 600]
    found = figures((one.days, measured(one)) for one in some)
    return ((name, found[name]) for name in REAL)


def _real(folder: Path) -> list[report.Real]:
    places = []
    for place, one in enumerate(vitals.SETS):
        if vitals.is_that_file(folder, one):
            places.append(place)
        else:
            print(f"{folder / one.file}: not there, or another file; left out", file=sys.stderr)
    series = [one for place in places for one in vitals.people(folder, place)]
    outcomes = list(zip(series, _all("real people", vitals.judged, series), strict=True))
    return [
        report.Real(
            what=vitals.SETS[place].what,
            source=vitals.SETS[place].source,
            rates=report.rates([outcome for one, outcome in outcomes if one.place == place]),
            before=vitals.SETS[place].before._asdict(),
        )
        for place in places
    ]


def _all(what: str, do: Callable[[Any], Done], tasks: list[Any]) -> list[Done]:
    """On every processor, those that take longest first."""
    began, progress = time.monotonic(), Progress()
    with Pool() as pool:
        done = []
        for number, one in enumerate(pool.imap(do, tasks, chunksize=1), 1):
            done.append(one)
            progress.counts(number, len(tasks), what)
    progress.says(f"{what}: {len(tasks)} tasks in {time.monotonic() - began:.0f} s")
    return done


def _only(word: str) -> int:
    """To look at one kind of event closely."""
    kinds = [number for number, one in enumerate(PLANTED) if word in one.name]
    trials: list[Trial] = [one for some in _all(word, plant, [Planting(kind, 100, 0) for kind in kinds]) for one in some]
    for one in trials:
        if one.observable and not one.found:
            print(one)
    for found in report.planted(trials)[0]:
        print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
