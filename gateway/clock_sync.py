"""Asks systemd whether the clock is synchronised, where the sandbox of the service lets nobody near the kernel's clock."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import DEVNULL, PIPE

from gateway.awake import awake_timeout
from gateway.clock import Clock, SystemClock

ASKED = ("timedatectl", "show", "--property=NTPSynchronized", "--value")
UNTIL_SYNCED_S = 10.0
SYNCED_S = 600.0  # the kernel calls a clock unsynchronised hours after the last word of a server
ANSWER_S = 5.0


async def follow_timedated(clock: Clock) -> None:
    """For ever; ends at once where the kernel may be asked."""
    clock.state()
    while isinstance(clock, SystemClock) and clock.may_not_ask:
        clock.told_synced = await _synced()
        await asyncio.sleep(SYNCED_S if clock.told_synced else UNTIL_SYNCED_S)


async def _synced() -> bool:
    try:
        asking = await asyncio.create_subprocess_exec(*ASKED, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)
    except OSError:
        return False  # there is no such program: nobody can know
    try:
        async with awake_timeout(ANSWER_S):
            answer, _ = await asking.communicate()
    except TimeoutError:
        return False
    finally:
        if asking.returncode is None:
            asking.kill()
            await asking.wait()
    return answer.strip() == b"yes"
