"""The tests that are marked as a fault, as pytest collects them: a mark on a test that is not collected does not count."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from typing import NamedTuple

import msgspec
import pytest

from tests.reliability.stamp import ROOT

KINDS = (
    "disk",
    "power",
    "process",
    "broker",
    "network",
    "clock",
    "ports and radio",
    "people and commands",
    "bytes from outside",
    "plug-ins",
    "installation",
)
MARK = "mark.fault("


class Fault(NamedTuple):
    """One row of the page. `test` is a node id, without the parameters where the mark stands for all of them."""

    kind: str
    what: str
    promise: str
    test: str
    figure: str = ""


def files() -> list[str]:
    """Every file of tests in which a mark stands."""
    paths = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(path.relative_to(ROOT)) for path in paths if MARK in path.read_text(encoding="utf-8")]


def collected() -> list[Fault]:
    """All of them, by kind. It runs pytest, so in a process of its own. Raises RuntimeError where pytest does not collect."""
    taking = _Taking()
    with redirect_stdout(io.StringIO()) as said:
        code = pytest.main(["--collect-only", "-qq", "-m", "fault", f"--rootdir={ROOT}", *files()], plugins=[taking])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(said.getvalue())
    return sorted(dict.fromkeys(taking.faults), key=lambda fault: KINDS.index(fault.kind))


def listed() -> list[Fault]:
    """The same, for a process that has run pytest already."""
    command = [sys.executable, "-m", "tests.reliability.marks"]
    return msgspec.json.decode(subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout, type=list[Fault])


class _Taking:
    """A plug-in of pytest."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            self.faults += faults_of(item)


def faults_of(item: pytest.Item) -> Iterator[Fault]:
    """What is said at this test. Raises ValueError where a kind is none."""
    callspec = getattr(item, "callspec", None)
    of_parameters: Sequence[pytest.Mark] = callspec.marks if callspec else ()
    whole, _, _ = item.nodeid.partition("[")
    for mark in item.iter_markers("fault"):
        fault = _fault(*mark.args, test=item.nodeid if mark in of_parameters else whole, **mark.kwargs)
        if fault.kind not in KINDS:
            raise ValueError(f"{item.nodeid}: {fault.kind!r} is no kind of fault: {', '.join(KINDS)}")
        yield fault


def _fault(kind: str, what: str, *, promise: str, test: str, figure: str = "") -> Fault:
    return Fault(kind, what, promise, test, figure)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(collected()))
