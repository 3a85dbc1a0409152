"""How many of the mutants that `./dev mutants` made the tests have noticed, file by file: `python -m tests.mutation_score`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from mutmut.stats import status_by_exit_code

MUTANTS = Path("mutants")
NOTICED = ("killed", "timeout", "segfault", "suspicious")


def main() -> None:
    """Prints a table in Markdown, and below it the names of those that survived (`mutmut show NAME` shows one)."""
    survivors: list[str] = []
    total: Counter[bool] = Counter()
    print("| file | mutants | noticed | score |\n| --- | ---: | ---: | ---: |")
    for meta in sorted(MUTANTS.rglob("*.py.meta")):
        verdicts = json.loads(meta.read_text())["exit_code_by_key"]
        tried = {name: status for name, code in verdicts.items() if (status := status_by_exit_code[code]) != "not checked"}
        if not tried:
            continue
        noticed = Counter(status in NOTICED for status in tried.values())
        survivors += [name for name, status in tried.items() if status not in NOTICED]
        total += noticed
        print(_row(f"`{meta.relative_to(MUTANTS).with_suffix('')}`", noticed))
    print(_row("all", total))
    print(*survivors, sep="\n")


def _row(name: str, noticed: Counter[bool]) -> str:
    return f"| {name} | {noticed.total()} | {noticed[True]} | {noticed[True] / max(1, noticed.total()):.1%} |"


if __name__ == "__main__":
    main()
