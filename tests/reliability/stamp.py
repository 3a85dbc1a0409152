"""When, of what and where a figure was taken."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from pathlib import Path

from msgspec import Struct

from tests.benchmarks.machine import cpu

ROOT = Path(__file__).parents[2]


class Stamp(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Stands beside every figure."""

    date: str  # YYYY-MM-DD, UTC
    commit: str  # `+` behind it: with changes that are not committed
    machine: str


def stamp() -> Stamp:
    """Of this moment, this tree and this machine."""
    return Stamp(date=time.strftime("%Y-%m-%d", time.gmtime()), commit=_commit(), machine=_machine())


def _commit() -> str:
    told = subprocess.run(
        ["git", "describe", "--always", "--exclude=*", "--dirty=+"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or "unknown"


def _machine() -> str:
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return f"{cpu()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}, {system}, Python {platform.python_version()}"
