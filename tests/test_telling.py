"""A long run of tests says how far it is and which test failed, while it goes on."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest
def test_first(): pass
def test_second(): assert not "as promised"
def test_third(): pytest.skip("not here")
"""
RUN = """
import sys, pytest
from tests.progress import Progress
from tests.reliability.telling import ARGUMENTS, Telling
sys.exit(pytest.main([*ARGUMENTS, *sys.argv[1:]], plugins=[Telling(Progress(every_s=0))]))
"""


@pytest.mark.parametrize("processes", ["-n0", "-n2"])
def test_it_says_how_far_it_is_and_names_what_failed_and_pytest_tells_why(tmp_path: Path, processes: str) -> None:
    (tmp_path / "test_promises.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")

    run = subprocess.run(
        [sys.executable, "-c", RUN, processes, str(tmp_path)], capture_output=True, text=True, check=False, timeout=110
    )

    said = [line for line in run.stderr.splitlines() if line.startswith(("[", "failed"))]
    assert "failed: test_promises.py::test_second" in said
    assert re.match(r"\[\.{30}\] 0/3 tests, 0 failed; test_\w+, \d+ s", said[0])
    assert re.match(r"\[#{30}\] 3/3 tests, 1 failed; test_\w+, 0 min left", said[-1])
    assert "not 'as promised'" in run.stdout
    assert "1 failed, 1 passed, 1 skipped" in run.stdout
    assert not re.search(r"^[.Fs]+( |$)", run.stdout, re.MULTILINE)
    assert run.returncode == 1
