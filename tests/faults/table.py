"""What became of all cases: a line a group, for people and as figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.faults.case import Case

COUNTED = ("lost", "two contents", "start refused", "account", "false damage", "silent", "deaf", "slow")  # else: other


class Table:
    """Counts cases, and keeps those in which a promise was broken."""

    def __init__(self) -> None:
        self._groups: dict[str, Counter[str]] = {}
        self.broken: list[Case] = []
        self.cases = 0

    def take(self, cases: Iterable[Case]) -> None:
        """A breach counts under the name that it begins with."""
        for case in cases:
            self.cases += 1
            counts = self._groups.setdefault(case.group, Counter())
            counts["cases"] += 1
            counts.update(case_breaches(case))
            if case.left.breaches:
                self.broken.append(case)

    def lines(self) -> Iterable[str]:
        """For a terminal."""
        columns = ("cases", *COUNTED, "other")
        widths = [max(7, len(name) + 2) for name in columns]
        yield f"{'':50}" + "".join(f"{name:>{width}}" for name, width in zip(columns, widths, strict=True))
        for group, counts in self._groups.items():
            yield f"{group:50}" + "".join(f"{counts[name]:>{width}}" for name, width in zip(columns, widths, strict=True))

    def groups(self) -> Iterable[tuple[str, Counter[str]]]:
        """Names and counts."""
        return self._groups.items()


def case_breaches(case: Case) -> Iterable[str]:
    """The names of those of one case."""
    for breach in case.left.breaches:
        yield next((name for name in COUNTED if breach.startswith(name)), "other")
