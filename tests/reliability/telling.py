"""How far a run of tests is, in the place of pytest's dots: a bar with what is left, and the name of each test that fails."""

from __future__ import annotations

from collections.abc import Generator, Mapping

import pytest

from tests.progress import Progress

ARGUMENTS = ("-q", "-o", "console_output_style=classic")  # of pytest: neither files nor percents beside the bar

NAME = 45  # characters of a test's: the time that is left stands behind it in the line

Status = tuple[str, str, str | tuple[str, Mapping[str, bool]]]


class Telling:
    """A plug-in of pytest. Where tests run in processes of their own, one is told by all of them, of all."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._of = self._done = self._failed = 0

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Where they run in this process."""
        self._of = self._of or len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Where they run in others, each of which has collected all."""
        self._of = len(ids)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """What is done now."""
        self._tell(nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """One more is done."""
        self._done += 1
        self._tell(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One that fails is named at once."""
        if report.failed:
            self._failed += 1
            self._progress.says(f"failed: {report.nodeid}")

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(self) -> Generator[None, Status, Status]:
        """No letter: the bar speaks. pytest counts each outcome as ever, and has its word in the end."""
        category, _, word = yield
        return category, "", word

    def pytest_sessionfinish(self) -> None:
        """What pytest says in the end stands alone."""
        self._progress.clear()

    def _tell(self, nodeid: str) -> None:
        _, _, name = nodeid.partition("::")
        what = f"tests, {self._failed} failed; {name[:NAME]}"
        self._progress.counts(self._done, max(self._of, self._done, 1), what)
