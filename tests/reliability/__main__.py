"""Runs tests that are marked as a fault, and writes down what came of them.

python -m tests.reliability NAME COMMAND [ARGUMENTS OF pytest...] [-- MORE OF THEM]: NAME.json, as COMMAND's. `suite`: every one
that is marked. MORE are those of who runs the command: they may leave tests out, so that nothing is written down.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pytest

from tests.progress import Progress
from tests.reliability import marks
from tests.reliability.figures import Figures, Row, write
from tests.reliability.stamp import stamp
from tests.reliability.telling import ARGUMENTS, Telling

SUITE = "suite"

Outcomes = Mapping[str, Counter[str]]  # by node id


class _Outcomes:
    """A plug-in of pytest: how each test ended; one that fails before or after itself has failed."""

    def __init__(self) -> None:
        self.by_test: dict[str, Counter[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            test, _, _ = report.nodeid.partition("@")  # xdist writes a group behind it
            self.by_test.setdefault(test, Counter())[report.outcome] += 1


def rows(faults: Iterable[marks.Fault], outcomes: Outcomes) -> list[Row]:
    """One a test that was run, in the order of their names."""
    tests = sorted({fault.test for fault in faults})
    of_each = {test: [n for name, n in outcomes.items() if name == test or name.startswith(f"{test}[")] for test in tests}
    return [_row(test, sum(of_test, Counter())) for test, of_test in of_each.items() if of_test]


def _row(test: str, ended: Counter[str]) -> Row:
    return Row(name=test, tried=ended["passed"] + ended["failed"], other=ended["failed"], skipped=ended["skipped"])


def table(tried: Sequence[Row]) -> str:
    """For people: those that failed come last, where they are seen."""
    total = Row(name="all", **{field: sum(getattr(row, field) for row in tried) for field in ("tried", "other", "skipped")})
    in_order = [*sorted(tried, key=lambda row: row.other > 0), total]
    head = f"{'tried':>6} {'failed':>6} {'skipped':>7}"
    return "\n".join([head, *(f"{row.tried:6} {row.other:6} {row.skipped:7}  {row.name}" for row in in_order)])


def main() -> int:
    """0 when every test holds."""
    name, command, *arguments = sys.argv[1:]
    began_s, made, outcomes = time.monotonic(), stamp(), _Outcomes()
    more = arguments[arguments.index("--") + 1 :] if "--" in arguments else []
    wanted = ["-m", "fault", *marks.files()] if name == SUITE else []
    asked = [one for one in arguments if one != "--"]
    code = pytest.main([*ARGUMENTS, *asked, *wanted], plugins=[outcomes, Telling(Progress())])
    if more or code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return int(code)
    took_s = round(time.monotonic() - began_s)
    faults = [fault for fault in marks.listed() if name in (SUITE, fault.figure)]
    figures = Figures(command=command, made=made, took_s=took_s, rows=rows(faults, outcomes.by_test))
    print(table(figures.rows))
    write(name, figures)
    subprocess.run([sys.executable, "-m", "tests.make_reliability"], check=True)
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
