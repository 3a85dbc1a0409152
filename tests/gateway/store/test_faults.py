"""A small sample of `./dev faults`: kills, flipped bits, cuts and other files break no promise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

from tests.processes import DIES_WITH_US
from tests.thorough import times

ROOT = Path(__file__).parents[3]


def campaign(*arguments: str) -> str:
    command = [*DIES_WITH_US, sys.executable, "-m", "tests.faults", "--seed", "5", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


NOTHING_BROKEN = ("--kills", "0", "--power", "0", "--operations", "0", "--full", "0", "--daemons", "0")
NOTHING_DAMAGED = ("--bits", "0", "--cuts", "0", "--headers", "0", "--files", "0")


@pytest.mark.skipif(not which("gcc"), reason="there is no C compiler for the library that stands in for a bad disk")
@pytest.mark.fault(
    "power",
    "a sample of kills, power cuts and errors at the operations of a commit, a start, a rescue",
    promise="no alert is lost, nothing is taken for damage",
)
def test_no_kill_no_power_cut_and_no_error_of_the_disk_loses_an_alert_or_is_taken_for_damage() -> None:
    kills = str(times(12, 48))
    share = str(0.005 * times(1, 4))
    some = ("--kills", kills, "--power", kills, "--operations", share, "--full", "2", "--daemons", "0")
    told = campaign(*some, *NOTHING_DAMAGED)
    assert f"kill -9 at random moments{kills:>32}" in told


@pytest.mark.fault(
    "disk",
    "a sample of flipped bits, cuts, and other files in the place of ours",
    promise="it starts within 10 s, and nothing is lost in silence",
)
def test_no_flipped_bit_no_cut_and_no_other_file_keeps_the_gateway_from_hearing() -> None:
    campaign(*NOTHING_BROKEN, "--bits", str(times(15, 40)), "--cuts", str(times(8, 20)), "--headers", "0.01", "--files", "0.2")
