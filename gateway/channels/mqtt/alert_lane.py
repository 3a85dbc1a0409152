"""The lane of alerts over one session: the most urgent first, and beside it what is sent again until its delivery is over."""

from __future__ import annotations

import asyncio
from functools import partial

from msgspec import structs

from gateway.alert import AlertEvent, Delivery
from gateway.channels.mqtt.errors import BreaksLink
from gateway.channels.mqtt.pace import TokenBucket
from gateway.channels.mqtt.refusals import Refusals
from gateway.channels.mqtt.session import Session
from gateway.channels.mqtt.uplink_context import UplinkContext
from gateway.errors import BrokerRefused
from gateway.failures import told
from gateway.formats.format import ALERTS, Outgoing

UNDER_WAY = 8  # unacknowledged at once; the session's reserve is a little more
REFUSED_S = 10.0


class AlertLane:
    """`free` is set while no alert waits to leave; the lanes of readings stand still while it is not."""

    def __init__(self, session: Session, context: UplinkContext, refusals: Refusals, free: asyncio.Event) -> None:
        self._session, self._context, self._refusals, self._free = session, context, refusals, free
        self._alerts, self._pace = context.alerts, context.pace
        self._puback_is_enough = context.alerts_need == "puback"
        self._slots = asyncio.Semaphore(UNDER_WAY)

    async def run(self) -> None:
        """Send what is due, for ever."""
        self._alerts.reconnected()
        async with asyncio.TaskGroup() as lanes:
            lanes.create_task(told(self._first_sendings))
            lanes.create_task(told(self._repeats))

    async def _first_sendings(self) -> None:
        bucket = TokenBucket(self._pace.alerts_per_s)
        async with asyncio.TaskGroup() as under_way:
            while True:
                await self._slots.acquire()
                await asyncio.sleep(bucket.take(self._context.now_s()))
                event, _ = await self._next(again=False)
                late_s = await self._alerts.handed_over(event.seq)  # before `free` is set: no reading overtakes it meanwhile
                under_way.create_task(told(partial(self._first_sending, event, late_s)))

    async def _first_sending(self, event: AlertEvent, late_s: int) -> None:
        try:
            await self._send(event, late_s)
        finally:
            self._slots.release()

    async def _repeats(self) -> None:
        """One after the other, so that of two that may break the link it shows which does; so many a second at most."""
        bucket = TokenBucket(self._pace.repeats_per_s)
        while True:
            await asyncio.sleep(bucket.take(self._context.now_s()))
            event, _ = await self._next(again=True)
            await self._send(event, await self._alerts.handed_over(event.seq))

    async def _next(self, *, again: bool) -> tuple[AlertEvent, Delivery]:
        while True:
            number = self._alerts.changes.number
            ready = self._alerts.take(self._context.now_s(), again=again)
            if not again:
                self._say_free(not ready)
            if ready:
                return ready
            due_s = self._alerts.next_due_s(again=again)
            await self._alerts.changes.wait_beyond_or(number, None if due_s is None else due_s - self._context.now_s())

    def _say_free(self, is_free: bool) -> None:
        if is_free:
            self._free.set()
        else:
            self._free.clear()

    async def _send(self, event: AlertEvent, late_s: int) -> None:
        message = self._message(event, late_s)
        try:
            heard = await self._session.publish(message.topic, message.payload, urgent=True, item=event.seq)
        except BrokerRefused as why:
            now_s = self._context.now_s()
            self._refusals.refused(ALERTS, str(why), now_s, at_most_s=REFUSED_S, item=event.seq)
            self._alerts.not_sent(event.seq, now_s, str(why), breaks_link=isinstance(why, BreaksLink))
        else:
            await self._taken(event, heard)

    def _message(self, event: AlertEvent, late_s: int) -> Outgoing:
        """As long as may be: of the readings of an alert that is longer the first stays, and the newest that find room."""
        message = self._context.format.alert(event, late_s)
        readings = event.alert.readings
        while message.length > self._session.longest and readings:
            readings = readings[:1] + readings[2:] if len(readings) > 1 else ()
            alert = structs.replace(event.alert, readings=readings)
            message = self._context.format.alert(structs.replace(event, alert=alert), late_s)
        return message

    async def _taken(self, event: AlertEvent, heard: bool) -> None:
        """Where the broker's word is enough, it is not while nobody listens."""
        now_s = self._context.now_s()
        if heard:
            self._refusals.taken(ALERTS, event.seq)
        else:
            self._refusals.unheard(ALERTS, now_s)
        if self._puback_is_enough and not heard:
            self._alerts.not_sent(event.seq, now_s, "nobody listens")
        else:
            await self._alerts.sent(event.seq, now_s)
