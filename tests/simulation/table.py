"""What a run of simulations came to, as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.simulation.world import Outcome

FAULTS = "fault "


def table(outcomes: Sequence[Outcome]) -> str:
    """For a terminal, and for the docs."""
    counts, checked = Counter[str](), Counter[str]()
    for outcome in outcomes:
        counts.update(outcome.counts)
        checked.update(outcome.checked)
    faults = {what.removeprefix(FAULTS): number for what, number in counts.items() if what.startswith(FAULTS)}
    rows = [
        ("seeds", len(outcomes)),
        ("virtual days", round(sum(outcome.days for outcome in outcomes), 1)),
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
