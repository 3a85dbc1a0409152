"""Tells the wearer through the band that the call was received and that help is on the way, until the band has shown it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from drivers.driver import Outcome, Signal
from gateway.alerts.desk import FINAL, Desk, Wish

AGAIN_S = 30.0  # a band out of reach is tried again so often, as long as the alert is open

Signaller = Callable[[str, Signal], Awaitable[Outcome]]


async def tell_wearers(desk: Desk, signal: Signaller, again_s: float = AGAIN_S) -> None:
    """Do what the desk wishes, for ever; bands do not wait for each other. `signal(address, signal)` gives what came of it."""
    async with asyncio.TaskGroup() as tasks:
        while True:
            wish = await desk.wishes.get()
            tasks.create_task(_tell(desk, signal, wish, again_s), name=f"tell {wish.device}")


async def _tell(desk: Desk, signal: Signaller, wish: Wish, again_s: float) -> None:
    while desk.is_open(wish.alert):
        result = (await signal(wish.device, wish.signal)).result
        await desk.told(wish, result)
        if result in FINAL:
            return
        await asyncio.sleep(again_s)
