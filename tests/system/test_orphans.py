"""A test run that is killed leaves nothing behind that still runs."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_devices.patience import HANGS_S
from tests.chromium import THERE_IS_ONE
from tests.processes import DIES_WITH_US
from tests.system import hangs


@pytest.mark.parametrize("how", [["-p", "no:xdist"], ["-n", "1"]], ids=["alone", "in parallel"])
def test_every_process_of_a_killed_run_is_gone(tmp_path: Path, how: list[str]) -> None:
    run = start_a_run_that_hangs(tmp_path, how)
    started = [(pid, os.pidfd_open(pid)) for pid in descendants(run.pid)]
    names = [program(pid) for pid, _ in started]

    run.kill()
    run.wait()
    end_s = time.monotonic() + HANGS_S
    survivors = [program(pid) for pid, fd in started if not is_gone(fd, end_s)]

    assert {"mosquitto", "dbus-daemon", *["chromium"] * THERE_IS_ONE} <= set(names)
    assert len(names) >= 4  # and the gateway, and bluetoothd's stand-in
    assert survivors == []


def start_a_run_that_hangs(folder: Path, how: list[str]) -> subprocess.Popen[bytes]:
    """It is at its test when this returns."""
    os.mkfifo(here := folder / "all are here")
    command = [sys.executable, "-m", "pytest", "-q", "--basetemp", str(folder / "run"), *how, hangs.__file__]
    log = (folder / "log").open("wb")
    run = subprocess.Popen([*DIES_WITH_US, *command], stdout=log, stderr=log, env=os.environ | {hangs.SAYS_SO_IN: str(here)})
    with log, here.open():
        return run


def descendants(pid: int) -> Iterator[int]:
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            yield child
            yield from descendants(child)


def program(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def is_gone(pidfd: int, end_s: float) -> bool:
    """Whether the process has ended, within the time that a worker of xdist needs to notice."""
    ended, _, _ = select.select([pidfd], [], [], max(0, end_s - time.monotonic()))
    os.close(pidfd)
    return bool(ended)
