"""A disk whose syncs take long: a small library that is preloaded into the daemon, compiled where there is a compiler."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

SOURCE = Path(__file__).parent / "system" / "slow_sync.c"


class Sync(NamedTuple):
    """One sync of a file; seconds of the machine's monotonic clock, which is that of `time.monotonic` too."""

    began_s: float
    ended_s: float
    file: str


class SlowDisk:
    """`environment` is what the daemon is started with. `of`: only the syncs of files with this in their path are slow."""

    def __init__(self, folder: Path, sync_s: float, of: str = "") -> None:
        compiler = shutil.which("gcc") or shutil.which("cc")
        if compiler is None:
            pytest.skip("no C compiler: syncs cannot be made slow")
        library = folder / "slow_sync.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True)
        self._log = folder / "syncs.log"
        self._log.touch()
        self.environment = {
            "LD_PRELOAD": str(library),
            "SLOW_SYNC_MS": str(round(1000 * sync_s)),
            "SLOW_SYNC_LOG": str(self._log),
            "SLOW_SYNC_OF": of,
        }

    def syncs(self, file: str, since_s: float, until_s: float) -> list[Sync]:
        """Those of files whose name begins so that ended in this time."""
        lines = [line.split(" ", 2) for line in self._log.read_text().splitlines()]
        found = [Sync(float(began), float(ended), Path(path).name) for began, ended, path in lines]
        return [sync for sync in found if sync.file.startswith(file) and since_s < sync.ended_s <= until_s]
