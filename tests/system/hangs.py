"""A test that starts everything that tests start and then hangs: `test_orphans.py` kills the run that it is in."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from pathlib import Path

from tests.bluez.stage import BluezStage
from tests.chromium import THERE_IS_ONE, chromium
from tests.daemon import Daemon

SAYS_SO_IN = "LIFERING_ALL_ARE_HERE"  # a named pipe: whoever reads it waits until all are here


async def test_hangs(daemon: Daemon, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(BluezStage())
        if THERE_IS_ONE:
            await stack.enter_async_context(chromium(tmp_path))
        Path(os.environ[SAYS_SO_IN]).write_text("")  # noqa: ASYNC240 (somebody waits at the other end)
        await asyncio.Event().wait()
