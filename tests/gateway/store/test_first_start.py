"""The first start on a card whose sync takes half a second: how often it has to wait for one, counted."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

from tests.slow_disk import SlowDisk

OPENS = """
import asyncio, os, sys
from pathlib import Path
from gateway.clock import SystemClock
from gateway.store.opening import open_stores

async def opens():
    await open_stores(Path(sys.argv[1]), "g-1", SystemClock())
    os._exit(0)  # what closing syncs is not asked

asyncio.run(opens())
"""
SYNCS = 4  # for each file: itself, and with what the first life writes its journal, the folder and the journal again


def test_both_stores_are_there_after_a_few_syncs(tmp_path: Path) -> None:
    disk = SlowDisk(tmp_path, 0)

    subprocess.run([sys.executable, "-c", OPENS, tmp_path / "data"], env=os.environ | disk.environment, check=True)

    assert {sync.file for sync in disk.syncs("", 0, math.inf)} >= {"alerts.db-wal", "readings.db-wal"}
    assert len(disk.syncs("", 0, math.inf)) <= 2 * SYNCS
    assert list((tmp_path / "data").glob("*.first*")) == []
