"""What a run of simulations came to, as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.reliability.figures import Figures, Row
from tests.reliability.stamp import Stamp
from tests.simulation.world import Outcome

FAULTS = "fault "


def table(outcomes: Sequence[Outcome]) -> str:
    """For a terminal, and for the docs."""
    counts, checked = Counter[str](), Counter[str]()
    for outcome in outcomes:
        counts.update(outcome.counts)
        checked.update(outcome.checked)
    days, processor_s = (sum(getattr(outcome, what) for outcome in outcomes) for what in ("days", "processor_s"))
    faults = {what.removeprefix(FAULTS): number for what, number in counts.items() if what.startswith(FAULTS)}
    rows = [
        ("seeds", len(outcomes)),
        ("virtual days", round(days, 1)),
        ("seconds of the processor for one of them", round(processor_s / max(days, 0.001), 1)),
        ("steps of the daemon", sum(outcome.steps for outcome in outcomes)),
        ("lives of the daemon", counts["ready"]),
        ("kills", counts["killed"]),
        ("presses and falls", counts["press"] + counts["fall"]),
        ("alerts", counts["raised"]),
        ("steps of ladders", counts["escalated"]),
        ("SMS", counts["sms"]),
        ("faults begun", sum(faults.values())),
        *((f"  {what}", number) for what, number in sorted(faults.items())),
        ("invariants checked", sum(checked.values())),
        *((f"  {what}", number) for what, number in sorted(checked.items())),
        ("seeds that found something", sum(bool(outcome.faults) for outcome in outcomes)),
    ]
    width = max(len(what) for what, _ in rows)
    lines = [f"{what:{width}}  {number:>12,}" for what, number in rows]
    return "\n".join([*lines, *(f"seed {outcome.seed}: {fault}" for outcome in outcomes for fault in outcome.faults)])


def figures_of(command: str, made: Stamp, outcomes: Sequence[Outcome], took_s: float) -> Figures:
    """For docs/reliability.md: one row, of all seeds."""
    counts = Counter[str]()
    for outcome in outcomes:
        counts.update(outcome.counts)
    found = [fault for outcome in outcomes for fault in outcome.faults]
    lost = sum("not at the platform" in fault or "presses came" in fault for fault in found)
    twice = sum("two contents" in fault for fault in found)
    days, processor_s = (sum(getattr(outcome, what) for outcome in outcomes) for what in ("days", "processor_s"))
    alerts = counts["raised"]
    begun = sum(number for what, number in counts.items() if what.startswith(FAULTS))
    row = Row(
        name="the whole daemon on a virtual clock: faults at once, and kills between any two of its steps, by seed",
        tried=len(outcomes),
        alerts_lost=lost,
        two_contents=twice,
        other=len(found) - lost - twice,
        said=f"{days:,.1f} virtual days, each {processor_s / max(days, 0.001):.0f} s of the processor; "
        f"{alerts:,} alerts, {counts['killed']:,} kills, {begun:,} faults begun",
        kind="process",
        promise="each alert at the platform under one id; each step of its ladder once, in time",
    )
    return Figures(command=command, made=made, took_s=round(took_s), rows=[row])
