"""The lanes of readings over one session: what is committed now goes at once, what waited before goes behind it, paced."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from gateway.channels.mqtt.awaited_receipts import Awaited
from gateway.channels.mqtt.pace import TokenBucket
from gateway.channels.mqtt.refusals import Refusals
from gateway.channels.mqtt.session import Session
from gateway.channels.mqtt.uplink_context import UplinkContext
from gateway.errors import BrokerRefused
from gateway.formats.format import READINGS, Outgoing
from gateway.formats.reading_json import single_readings
from gateway.store.batches import BODY_BYTES
from gateway.store.readings import Batch

AROUND_BYTES = 1000  # topic and frame of a message; what does not suffice is cut again
LIVE_MESSAGES = 2  # unacknowledged at once
LOOK_AGAIN_S = 10.0


class ReadingLanes:
    """`free` is set while no alert waits to leave: nothing is sent before it is."""

    def __init__(self, session: Session, context: UplinkContext, refusals: Refusals, free: asyncio.Event) -> None:
        self._session, self._context, self._refusals, self._free = session, context, refusals, free
        self._store, self._pace = context.readings, context.pace
        self._awaited = Awaited(self._store.delivered) if context.readings_need == "receipt" else None
        self._max_bytes = min(BODY_BYTES, session.longest - AROUND_BYTES)
        self._since = self._after = self._store.last_batch
        self._one_after_the_other = asyncio.Lock()

    async def live(self) -> None:
        """Send what is committed from now on, for ever; `LIVE_MESSAGES` of these work side by side."""
        while True:
            async with self._one_after_the_other:
                batches = await self._next_live()
            await self._deliver(batches)

    async def _next_live(self) -> Sequence[Batch]:
        while True:
            await self._store.wait_beyond(self._after)
            until = self._store.last_batch
            if batches := await self._store.batches(self._after, until, self._max_bytes):
                self._after = batches[-1].id
                return batches
            if self._store.fault:
                await asyncio.sleep(LOOK_AGAIN_S)  # it could not be read
            else:
                self._after = until

    async def backlog(self) -> None:
        """Send what was committed before this session; returns when all of it is delivered."""
        after, bucket = 0, TokenBucket(self._pace.backlog_messages_per_s)
        while after < self._since:
            if batches := await self._store.batches(after, self._since, self._max_bytes):
                await asyncio.sleep(bucket.take(self._context.now_s()))
                await self._deliver(batches)
                after = batches[-1].id
            elif self._store.fault:
                await asyncio.sleep(LOOK_AGAIN_S)
            else:
                return

    def receipts(self, ids: Sequence[str], status: str) -> None:
        """The platform names readings."""
        if self._awaited:
            self._awaited.take(ids, status)

    async def _deliver(self, batches: Sequence[Batch]) -> None:
        """Returns when their delivery is over: the broker has them, or, where that is not enough, the platform."""
        if self._awaited:
            await self._until_receipts(self._awaited, batches)
            return
        await self._until_taken(batches)
        for batch in batches:
            self._store.delivered(batch.id)

    async def _until_receipts(self, awaited: Awaited, batches: Sequence[Batch]) -> None:
        awaited.expect(batches)
        pause_s = self._pace.again_s
        while batches := awaited.lacking(batches):
            await self._until_taken(batches)
            answers = awaited.answers
            await awaited.settled(batches, pause_s)
            silent = awaited.answers == answers
            pause_s = min(2 * pause_s, self._pace.again_at_most_s) if silent else self._pace.again_s

    async def _until_taken(self, batches: Sequence[Batch]) -> None:
        """Returns once the broker has them and somebody listens."""
        for message in self._messages(batches[0].boot, [batch.body for batch in batches]):
            await self._until_one_is_taken(message)

    def _messages(self, boot: str, bodies: Sequence[bytes]) -> Iterator[Outgoing]:
        """Each as long as may be; a batch was stored before anybody knew what this broker takes."""
        message = self._context.format.readings(boot, bodies)
        if len(message.topic.encode()) + len(message.payload) <= self._session.longest:
            yield message
            return
        readings = [reading for body in bodies for reading in single_readings(body)]
        if len(readings) == 1:
            yield message  # the broker says what it thinks of it
            return
        half = len(readings) // 2
        yield from self._messages(boot, [b",".join(readings[:half])])
        yield from self._messages(boot, [b",".join(readings[half:])])

    async def _until_one_is_taken(self, message: Outgoing) -> None:
        while True:
            await self._until_allowed()
            try:
                heard = await self._session.publish(message.topic, message.payload)
            except BrokerRefused as why:
                now_s = self._context.now_s()
                self._refusals.refused(READINGS, str(why), now_s, at_most_s=self._pace.again_at_most_s)
                continue
            if heard:
                self._refusals.taken(READINGS)
                return
            if self._refusals.unheard(READINGS, self._context.now_s(), pause_s=self._pace.again_s):
                return

    async def _until_allowed(self) -> None:
        await asyncio.sleep(self._refusals.wait_s(READINGS, self._context.now_s()))
        await self._free.wait()
