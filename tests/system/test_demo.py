"""The demo tells its story with the real gateway, and everything that was accepted in it is delivered."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from fake_devices.patience import HANGS_S
from tests.processes import DIES_WITH_US

ROOT = Path(__file__).parent.parent.parent
STORY = (
    "The platform sees the gateway online",
    "Grandma Wang: the first reading of the wristband has reached the platform",
    "▶ Grandpa Zhou is back",
    "Grandpa Zhou: the first reading of the smartwatch has reached the platform",
    "▶ Grandpa Chen comes home",
    "Platform, Grandpa Chen: alert raised. Warning, room 3-202: systolic pressure 186 mmHg",
    "To be confirmed: one measurement so far",
    "▶ Grandpa Chen measures again",
    "Platform, Grandpa Chen: alert updated. Warning, room 3-202: systolic pressure 189 mmHg",
    "Platform, Grandpa Chen: acknowledged",
    "▶ A digger cuts the cable",
    "The platform sees the gateway offline",
    "▶ Grandma Wang slips in the bathroom and presses SOS",
    "Grandma Wang's SOS alert is on the gateway's disk and waits for the network",
    "The gateway sends an SMS to Nurse Lin",
    "│ lifering: URGENT room 3-201        │",
    "▶ Nurse Lin reads the SMS and answers 1: she goes.",
    "Nurse Lin goes to Grandma Wang: on the gateway's disk, without any network",
    "Grandma Wang's wristband vibrates long: help is on the way",
    "│ lifering: noted, you go to         │",
    "▶ The cable is mended",
    "The alert came through first",
    "Platform, Grandma Wang: alert raised. CRITICAL, room 3-201: calls for help (SOS)",
    "Platform, Grandma Wang: acknowledged (by sms:lin)",
    "Platform, Grandma Wang: help dispatched (by sms:lin)",
    "▶ Lin calls the dispatcher: she is with Grandma Wang.",
    "Platform, Grandma Wang: help is there",
    "Platform, Grandpa Zhao: alert raised",
    "Platform, Grandma Wang: closed",
    "lost: 0",
    "Everything that was accepted was delivered.",
)


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*DIES_WITH_US, sys.executable, "-m", "gateway", "demo", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=HANGS_S, check=False)


@pytest.mark.slow
def test_the_demo_tells_its_story_in_order_and_loses_nothing() -> None:
    shown = demo("--seconds", "40", "--no-web", "--language", "en")

    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert [line for line in shown.stderr.splitlines() if "oading" not in line] == []  # on a slow machine it says so
    places = [shown.stdout.find(line) for line in STORY]
    assert -1 not in places, (STORY[places.index(-1)], shown.stdout)
    assert all(earlier < later for earlier, later in pairwise(places)), shown.stdout
    assert shown.stdout.find("Caught up") > shown.stdout.find("The alert came through first")
    assert "readings that the smartwatch had kept have arrived with their own times, the oldest 60 minutes back" in shown.stdout
    assert "from Grandma Wang's press to the SMS at a phone on duty" in shown.stdout


def test_a_demo_too_short_for_its_story_says_how_long_it_takes() -> None:
    shown = demo("--seconds", "5")

    assert shown.returncode == 2
    assert "'5' is no number of seconds from 20 on" in shown.stderr
