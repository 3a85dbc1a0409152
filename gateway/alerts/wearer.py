"""Tells the wearer through the band that the call was received and that help is on the way, until the band has shown it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from drivers.driver import Outcome, Signal
from gateway.alerts.desk import Desk
from gateway.alerts.notices import WearerNotice
from gateway.failures import told

AGAIN_S = 30.0  # a band out of reach is tried again so often, as long as the alert is open

Signaller = Callable[[str, Signal], Awaitable[Outcome]]


async def tell_wearers(desk: Desk, signal: Signaller, again_s: float = AGAIN_S) -> None:
    """Give the desk's notices, for ever; bands do not wait for each other. `signal(address, signal)` says what came of it."""
    async with asyncio.TaskGroup() as tasks:
        while True:
            notice = await desk.wearer_notices.get()
            tasks.create_task(told(partial(_tell, desk, signal, notice, again_s)), name=f"tell {notice.device}")


async def _tell(desk: Desk, signal: Signaller, notice: WearerNotice, again_s: float) -> None:
    while desk.owes(notice):
        await desk.wearer_told(notice, await signal(notice.device, notice.signal))
        if desk.owes(notice):
            await asyncio.sleep(again_s)
