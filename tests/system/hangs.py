"""A test that starts everything that tests start and then hangs: `test_orphans.py` kills the run that it is in."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from tests.bluez.stage import BluezStage
from tests.daemon import Daemon

SAYS_SO_IN = "LIFERING_ALL_ARE_HERE"  # a named pipe: whoever reads it waits until all are here


async def test_hangs(daemon: Daemon) -> None:
    async with BluezStage():
        Path(os.environ[SAYS_SO_IN]).write_text("")  # noqa: ASYNC240 (somebody waits at the other end)
        await asyncio.Event().wait()
