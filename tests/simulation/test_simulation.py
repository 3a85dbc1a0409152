"""The simulation tries some seeds each time, always the same; and a seed is the same story each time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUR = 1 / 24  # in days
HALF_AN_HOUR = HOUR / 2  # a second of processor, and what is begun in it is brought to its end

pytestmark = pytest.mark.timeout(600)  # seconds of the processor, on a machine that others use

# Seeds that found something, with the virtual days that it takes, and what that was; what was planted, too.
SEEDS: tuple[tuple[int, float, str], ...] = (
    (9, HOUR, "an SMS was under way when its alert was closed, and no event could list it: the check asked for it"),
    (14, HALF_AN_HOUR, "who had acknowledged before a reboot was counted anew at each start of the process after it"),
    (1, 0.05, "planted: a step that is told twice after a restart; nobody is told while the link is down"),
    (3, 0.05, "planted: a step that is left out after a restart"),
    (14, 0.05, "planted: what was under way when the link broke, and is never sent again"),
)


def simulated(*arguments: str) -> subprocess.CompletedProcess[str]:
    """As the command does it: the order of sets of texts is the same in each process."""
    command = (sys.executable, "-m", "tests.simulation", "--week", "dense", *arguments)
    return subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)


def test_the_same_seed_is_the_same_story() -> None:
    first, second = (simulated("--seed", "2", "--days", str(HALF_AN_HOUR), "--trace") for _ in range(2))
    assert "digest " in first.stdout
    assert first.stdout == second.stdout


@pytest.mark.parametrize("first", [1, 6, 11, 16])
def test_twenty_seeds_find_nothing(first: int) -> None:
    run = simulated("--first", str(first), "--seeds", "5", "--days", str(HALF_AN_HOUR), "--jobs", "1")
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(("seed", "days", "found"), SEEDS)
def test_what_a_seed_found_is_mended(seed: int, days: float, found: str) -> None:
    run = simulated("--seed", str(seed), "--days", str(days))
    assert run.returncode == 0, f"{found}: {run.stdout}{run.stderr}"
