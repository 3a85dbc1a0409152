"""The lane of gaps over one session: what was evicted is told once, and counts as told when the broker has it."""

from __future__ import annotations

import asyncio
from functools import partial

from gateway.channels.mqtt.pace import TokenBucket
from gateway.channels.mqtt.refusals import Refusals
from gateway.channels.mqtt.session import Session
from gateway.channels.mqtt.uplink_context import UplinkContext
from gateway.errors import BrokerRefused, StoreBroken
from gateway.formats.format import GAPS, Outgoing, in_parts
from gateway.store import gaps

LOOK_AGAIN_S = 10.0  # while the disk refuses


class GapsLane:
    """`free` is set while no alert waits to leave: nothing is sent before it is."""

    def __init__(self, session: Session, context: UplinkContext, refusals: Refusals, free: asyncio.Event) -> None:
        self._session, self._context, self._refusals, self._free = session, context, refusals, free
        self._store, self._bucket = context.readings, TokenBucket(context.pace.backlog_messages_per_s)

    async def run(self) -> None:
        """Tell what there is, and then what comes, for ever."""
        while True:
            seen = self._store.evictions.number
            if await self._tell_some():
                continue
            await self._store.evictions.wait_beyond_or(seen, LOOK_AGAIN_S if self._store.fault else None)

    async def _tell_some(self) -> bool:
        """Whether there may be more."""
        if not await self._store.change(gaps.set_out):
            return False
        try:
            on_their_way = await self._store.look(gaps.on_their_way)
        except StoreBroken:
            return False
        tell = partial(self._context.format.gaps, self._context.clock.boot)
        for message in in_parts(tell, on_their_way, self._session.longest):
            await self._until_taken(message)
        return await self._store.change(gaps.arrived) > 0

    async def _until_taken(self, message: Outgoing) -> None:
        """Returns once the broker has it and somebody listens, or believes that nobody wants to."""
        while True:
            await asyncio.sleep(max(self._bucket.take(self._now_s()), self._refusals.wait_s(GAPS, self._now_s())))
            await self._free.wait()
            try:
                heard = await self._session.publish(message.topic, message.payload)
            except BrokerRefused as why:
                self._refusals.refused(GAPS, str(why), self._now_s(), at_most_s=self._context.pace.again_at_most_s)
                continue
            if heard:
                self._refusals.taken(GAPS)
                return
            if self._refusals.unheard(GAPS, self._now_s(), pause_s=self._context.pace.again_s):
                return

    def _now_s(self) -> float:
        return self._context.now_s()
