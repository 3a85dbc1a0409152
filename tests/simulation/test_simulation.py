"""The simulation tries some seeds each time, always the same; and a seed is the same story each time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.radio import PENDANT

ROOT = Path(__file__).parents[2]
HOUR = 1 / 24  # in days
WITH_RADIO = "3"  # a seed
HALF_AN_HOUR = HOUR / 2  # a second of processor, and what is begun in it is brought to its end

# Seeds that found something, with the virtual days that it takes, and what that was; what was planted, too.
SEEDS: tuple[tuple[int, float, str], ...] = (
    (3, HOUR, "an SMS was under way when its alert was closed, and no event could list it: the check asked for it"),
    (14, HALF_AN_HOUR, "who had acknowledged before a reboot was counted anew at each start of the process after it"),
    (1, 0.05, "planted: nobody is told while the link is down"),
    (16, 0.1, "planted: a step that is told twice after a restart"),
    (3, 0.05, "planted: a step that is left out after a restart"),
    (18, 0.05, "planted: what was under way when the link broke, and is never sent again"),
)


def simulated(*arguments: str, week: str = "dense") -> subprocess.CompletedProcess[str]:
    """As the command does it: the order of sets of texts is the same in each process."""
    command = (sys.executable, "-m", "tests.simulation", "--week", week, *arguments)
    return subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("week", "seed"), [("dense", "2"), ("real", WITH_RADIO)])
def test_the_same_seed_is_the_same_story(week: str, seed: str) -> None:
    first, second = (simulated("--seed", seed, "--days", str(HALF_AN_HOUR), "--trace", week=week) for _ in range(2))
    assert "digest " in first.stdout
    assert first.stdout == second.stdout


@pytest.mark.parametrize("first", [1, 6, 11, 16])
def test_twenty_seeds_find_nothing(first: int) -> None:
    run = simulated("--first", str(first), "--seeds", "5", "--days", str(HALF_AN_HOUR), "--jobs", "1")
    assert run.returncode == 0, run.stdout + run.stderr


def test_two_calm_hours_of_a_house_with_a_radio_find_nothing() -> None:
    run = simulated("--seed", WITH_RADIO, "--days", str(2 * HOUR), "--trace", week="real")
    assert run.returncode == 0, run.stdout
    assert PENDANT in run.stdout  # it was pressed


@pytest.mark.parametrize(("seed", "days", "found"), SEEDS)
def test_what_a_seed_found_is_mended(seed: int, days: float, found: str) -> None:
    run = simulated("--seed", str(seed), "--days", str(days))
    assert run.returncode == 0, f"{found}: {run.stdout}{run.stderr}"
