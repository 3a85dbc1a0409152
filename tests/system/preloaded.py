"""A small library of C that is preloaded into a process, where it stands in for a part of the system."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def preloaded(folder: Path, name: str, source: str) -> dict[str, str]:
    """Compiled there; the environment of a process that has it. Without a compiler the test is skipped."""
    if not shutil.which("gcc"):
        pytest.skip(f"gcc is missing: it compiles the library {name}")
    library = folder / f"{name}.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-x", "c", "-o", library, "-"], input=source.encode(), check=True)
    return {"LD_PRELOAD": str(library)}
