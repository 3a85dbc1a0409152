"""Where and when it was measured, and whether this machine can measure it at all."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from gateway.clock import SystemClock

IN_MEMORY = ("tmpfs", "ramfs")


def facts() -> dict[str, str]:
    """Everything that a figure depends on besides the program."""
    return {
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "cpu": cpu(),
        "cores": str(os.cpu_count()),
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "file system": file_system(Path(tempfile.gettempdir())),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "aiomqtt": version("aiomqtt"),
        "msgspec": version("msgspec"),
        "mosquitto": _first_line("mosquitto", "-h").removeprefix("mosquitto version "),
        "lifering": _first_line("git", "describe", "--always", "--dirty") or version("lifering"),
        "clock": SystemClock().state(),
        "load": f"{os.getloadavg()[0]:.1f}",
    }


def unfit() -> str:
    """Why nothing can be measured here; empty where it can."""
    folder = Path(tempfile.gettempdir())
    if (kind := file_system(folder)) in IN_MEMORY:
        return f"{folder} is on {kind}, where nothing is written to a disk: set TMPDIR to a folder on one"
    return ""


def file_system(folder: Path) -> str:
    """The type of the file system that a folder is on (proc(5), mounts)."""
    path = str(folder.resolve())
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    holding = [(point, kind) for point, kind in mounts if point == "/" or path == point or path.startswith(point + "/")]
    return max(holding, key=lambda mount: len(mount[0]))[1]


def cpu() -> str:
    """The name of its processor."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":", 1)[1].strip() for line in lines if line.lower().startswith(("model name", "model\t"))]
    return names[-1] if names else "unknown"


def _first_line(program: str, *arguments: str) -> str:
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if not found:
        return ""
    told = subprocess.run([found, *arguments], capture_output=True, text=True, check=False, cwd=Path(__file__).parent)
    return told.stdout.partition("\n")[0]
