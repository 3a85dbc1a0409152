"""The lanes of readings over one session: what is committed now goes at once; behind it, paced, all that is still pending."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf

from gateway.changes import Changes
from gateway.channels.mqtt.pace import TokenBucket
from gateway.channels.mqtt.refusals import Refusals
from gateway.channels.mqtt.session import Session
from gateway.channels.mqtt.uplink_context import UplinkContext
from gateway.errors import BrokerRefused
from gateway.failures import told
from gateway.formats.format import READINGS, Outgoing, in_parts
from gateway.formats.reading_json import encode_reading, single_readings
from gateway.readings import Reading
from gateway.store.batches import BODY_BYTES, Batch

AROUND_BYTES = 1000  # topic and frame of a message; what does not suffice is cut again
LIVE_MESSAGES = 2  # unacknowledged at once
PENDING_MESSAGES = 4  # the same of history: else a line of 50 ms takes 20 messages a second, whatever the pace
LOOK_AGAIN_S = 10.0
REFUSED = 2  # in a row, and all wait: one may be refused for what is in it
MOST_UNANSWERED = 100  # messages; what is measured now goes on beyond it, and is repeated later
MOST_DOUBLINGS = 8
SHORT_BACKLOG = 1_000  # readings: a few messages


@dataclass
class Unanswered:
    """The batches of a message that was sent, and did not end their delivery. `due_s`: when it is sent again."""

    batches: list[int]
    tries: int
    due_s: float


class ReadingLanes:
    """`free` is set while no alert waits to leave: nothing is sent before it is."""

    def __init__(self, session: Session, context: UplinkContext, refusals: Refusals, free: asyncio.Event) -> None:
        self._session, self._context, self._refusals, self._free = session, context, refusals, free
        self._store, self._pace, self._awaited = context.readings, context.pace, context.awaited
        self._max_bytes = min(BODY_BYTES, session.longest - AROUND_BYTES)
        self._live_after = self._old_until = self._store.last_batch
        self._old_after = 0
        self._passed_over = False  # the disk could not be read meanwhile
        self._unanswered: list[Unanswered] = []
        self._news = Changes()  # there is something for the backlog
        self._one_after_the_other = asyncio.Lock()
        self._store.begin_session()

    # --- what is measured now -------------------------------------------------------------------------------------------

    async def live(self) -> None:
        """Send what is committed from now on, for ever; `LIVE_MESSAGES` of these work side by side."""
        while True:
            async with self._one_after_the_other:
                batches = await self._next_live()
            await self._send(batches)

    async def _next_live(self) -> Sequence[Batch]:
        while True:
            await self._store.wait_beyond(self._live_after)
            until = self._store.last_batch
            if batches := await self._found(self._live_after, until):
                self._live_after = batches[-1].id
                return batches
            if self._store.fault:
                await asyncio.sleep(LOOK_AGAIN_S)  # it could not be read
            else:
                self._live_after = until

    # --- what is pending ------------------------------------------------------------------------------------------------

    async def backlog(self) -> None:
        """Send what was committed before this session, and again what was not delivered, for ever."""
        start_s = self._context.backlog_start_s()
        if self._store.counts().pending > SHORT_BACKLOG:
            await self._newest_of_all()
            await asyncio.sleep(start_s)
        bucket, turn = TokenBucket(self._pace.backlog_messages_per_s), asyncio.Lock()
        async with asyncio.TaskGroup() as lanes:
            for _ in range(PENDING_MESSAGES):
                lanes.create_task(told(partial(self._send_pending, bucket, turn)))

    async def _send_pending(self, bucket: TokenBucket, turn: asyncio.Lock) -> None:
        while True:
            async with turn:  # so that they leave in order
                tries, batches = await self._wait_for_pending()
                await asyncio.sleep(bucket.take(self._context.now_s()))
                if len(batches[0].body) > self._session.longest - AROUND_BYTES:
                    await self._send(batches, tries)  # in several messages
                    continue
            await self._send(batches, tries)

    async def _wait_for_pending(self) -> tuple[int, Sequence[Batch]]:
        while True:
            news = self._news.number
            tries, batches = await self._next_pending()
            if batches:
                return tries, batches
            due_s = min((one.due_s for one in self._unanswered), default=inf)
            await self._news.wait_beyond_or(news, min(LOOK_AGAIN_S, due_s - self._context.now_s()))

    async def _newest_of_all(self) -> None:
        """How everybody is now, as history will be long. Its batches are sent all the same."""
        since_ms = self._store.oldest_pending_ms() or 0
        newest = [one for one in self._context.last_readings() if one.received_ms >= since_ms and self._may_be_told(one)]
        bodies = [encode_reading(reading, self._store.origin) for reading in newest]
        for message in self._messages(self._context.clock.boot, bodies) if bodies else ():
            await self._pause_after(message, item=0)

    def _may_be_told(self, reading: Reading) -> bool:
        """It is on the disk as it is here, and will not be changed there."""
        is_of_the_disk = self._store.origin.endswith(f"/{reading.epoch}")  # else it has another id there
        return is_of_the_disk and self._store.is_stored(reading) and reading.clock != "unsynced"

    async def _next_pending(self) -> tuple[int, Sequence[Batch]]:
        """What is due again before what was never sent; with how often it was tried."""
        while due := self._due():
            self._unanswered.remove(due)
            if batches := await self._found(due.batches[0] - 1, due.batches[-1]):
                rest = [batch for batch in due.batches if batch > batches[-1].id]  # less fits into a message than then
                self._unanswered += [replace(due, batches=rest)] if rest else []
                return due.tries, batches
        while self._old_after < self._old_until and len(self._unanswered) < MOST_UNANSWERED:
            batches = await self._found(self._old_after, self._old_until)
            if not batches and self._store.fault:
                break
            self._old_after = batches[-1].id if batches else self._old_until
            if batches and not self._refusals.is_refused(READINGS, batches[0].id):
                return 0, batches
            if batches:  # in an earlier session: others first
                self._again_in(self._pace.again_s, batches, tries=1)
        if self._passed_over and not self._store.fault:
            self._passed_over, self._old_after = False, 0
        return 0, []

    def _due(self) -> Unanswered | None:
        first = min(self._unanswered, key=lambda one: one.due_s, default=None)
        return first if first and first.due_s <= self._context.now_s() else None

    async def _found(self, after: int, until: int) -> Sequence[Batch]:
        """In the store. Where the disk cannot be read that is what is held alone: the backlog looks for all others later."""
        batches = await self._store.batches(after, until, self._max_bytes)
        if self._store.fault:
            self._passed_over, self._old_until = True, max(self._old_until, until)
        return batches

    # --- both -----------------------------------------------------------------------------------------------------------

    def receipts(self, ids: Sequence[str], status: str) -> None:
        """The platform names readings."""
        if self._awaited:
            self._awaited.take(ids, status)
            self._unanswered = [one for one in self._unanswered if any(map(self._awaited.lacks, one.batches))]
            self._news.happened()

    async def _send(self, batches: Sequence[Batch], tries: int = 0) -> None:
        """Once. Its delivery is over where the broker has it and that is enough; else it is sent again, in nobody's way."""
        bodies = [batch.body for batch in batches]
        if self._awaited:
            self._awaited.expect(batches)
            bodies = [body for batch in batches if (body := self._awaited.lacking(batch))]
        await self._may_send()  # first: what a broker takes may be less by then
        pauses_s = [await self._pause_after(message, batches[0].id) for message in self._messages(batches[0].boot, bodies)]
        if again_s := max(pauses_s, default=0) or (self._pace.again_s if self._awaited else 0):
            self._again_in(again_s * 2.0 ** min(tries, MOST_DOUBLINGS), batches, tries + 1)
            return
        for batch in batches:
            self._store.delivered(batch.id)

    def _again_in(self, pause_s: float, batches: Sequence[Batch], tries: int) -> None:
        """What is measured now is left to the backlog where too much waits: on the disk it is not forgotten."""
        ids = [batch.id for batch in batches]
        if len(self._unanswered) >= MOST_UNANSWERED and ids[0] > self._old_until:
            left = [one for one in self._unanswered if one.batches[0] > self._old_until]
            self._unanswered = [one for one in self._unanswered if one.batches[0] <= self._old_until]
            self._store.under_way.in_flight.difference_update(ids, *(one.batches for one in left))
            self._old_until = ids[-1]
        else:
            due_s = self._context.now_s() + min(pause_s, self._pace.again_at_most_s)
            self._unanswered.append(Unanswered(ids, tries, due_s))
        self._news.happened()

    async def _pause_after(self, message: Outgoing, item: int) -> float:
        """Send it, once more where nobody listens. Seconds until it is to be sent again; 0: the broker's word is good."""
        try:
            heard = await self._publish(message) or await self._publish(message)
        except BrokerRefused as why:
            now_s, most_s = self._context.now_s(), self._pace.again_at_most_s
            self._refusals.refused(READINGS, str(why), now_s, at_most_s=most_s, item=item)
            return self._pace.again_s
        if not heard:
            return 0 if self._refusals.unheard(READINGS, self._context.now_s()) else self._pace.unheard_s
        self._refusals.taken(READINGS, item)
        return 0

    async def _publish(self, message: Outgoing) -> bool:
        await self._may_send()
        return await self._session.publish(message.topic, message.payload)

    async def _may_send(self) -> None:
        if wait_s := self._refusals.wait_s(READINGS, self._context.now_s(), REFUSED):
            await asyncio.sleep(wait_s)
        await self._free.wait()

    def _messages(self, boot: str, bodies: Sequence[bytes]) -> Iterable[Outgoing]:
        """Each as long as may be; a batch was stored before anybody knew what this broker takes."""
        tell, longest = partial(self._context.format.readings, boot), self._session.longest
        if (message := tell(bodies)).length <= longest:
            return [message]
        return in_parts(tell, [reading for body in bodies for reading in single_readings(body)], longest)
