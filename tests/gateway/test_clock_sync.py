"""Where the sandbox of the service keeps the kernel's clock from it, systemd says whether the clock is synchronised."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REFUSES = """\
#include <errno.h>
int adjtimex(void *timex) { errno = EPERM; return -1; }
"""
ASKS = """\
import asyncio
from gateway import clock_sync
from gateway.clock import SystemClock

async def follow():
    clock = SystemClock()
    print(clock.state())
    try:
        async with asyncio.timeout(0.5):
            await clock_sync.follow_timedated(clock)
    except TimeoutError:
        pass
    print(clock.state())
    clock.told_synced = False
    print(clock.state())

asyncio.run(follow())
"""


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library in front of the C library's, which does as the sandbox does."""
    if shutil.which("gcc") is None:
        pytest.skip("there is no gcc here")
    folder = tmp_path_factory.mktemp("shim")
    (folder / "shim.c").write_text(REFUSES)
    library = folder / "shim.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, folder / "shim.c"], check=True)
    return library


def asked(refusing: Path, folder: Path, timedatectl: str | None) -> list[str]:
    """The states before and after systemd was asked, and after it said no."""
    if timedatectl is not None:
        (folder / "timedatectl").write_text(f"#!/bin/sh\n{timedatectl}\n")
        (folder / "timedatectl").chmod(0o755)
    environment = {"LD_PRELOAD": str(refusing), "PATH": f"{folder}:/bin"}
    if timedatectl is None:
        environment["PATH"] = str(folder)
    done = subprocess.run([sys.executable, "-c", ASKS], env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.split()


def test_what_timedated_says_is_the_state_and_a_clock_that_was_synchronised_holds_over(refusing: Path, tmp_path: Path) -> None:
    assert asked(refusing, tmp_path, "echo yes") == ["unsynced", "synced", "holdover"]


@pytest.mark.parametrize("timedatectl", ["echo no", "exit 1", "echo", "exec sleep 60", None])
def test_without_a_yes_the_clock_is_not_synchronised(refusing: Path, tmp_path: Path, timedatectl: str | None) -> None:
    assert asked(refusing, tmp_path, timedatectl) == ["unsynced", "unsynced", "unsynced"]
