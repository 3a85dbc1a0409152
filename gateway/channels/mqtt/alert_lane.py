"""The lane of alerts over one session: the most urgent first, each again until its delivery is over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from functools import partial

from msgspec import structs

from gateway.alert import PRIORITIES, AlertEvent, Delivery, lateness_s
from gateway.channels.mqtt.refusals import Refusals
from gateway.channels.mqtt.session import Session
from gateway.channels.mqtt.uplink_context import UplinkContext
from gateway.errors import BrokerRefused, UplinkLost
from gateway.failures import told
from gateway.formats.format import ALERTS, Outgoing

UNDER_WAY = 8  # unacknowledged at once; the session's reserve is a little more
REFUSED_S = 10.0


class AlertLane:
    """`free` is set while no alert waits to leave; the lanes of readings stand still while it is not."""

    def __init__(self, session: Session, context: UplinkContext, refusals: Refusals, free: asyncio.Event) -> None:
        self._session, self._context, self._refusals, self._free = session, context, refusals, free
        self._alerts = context.alerts
        self._puback_is_enough = context.alerts_need == "puback"
        self._ready: list[tuple[AlertEvent, Delivery]] = []
        self._slots = asyncio.Semaphore(UNDER_WAY)

    async def run(self) -> None:
        """Send what is due, for ever."""
        self._alerts.reconnected()
        async with asyncio.TaskGroup() as under_way:
            while True:
                await self._slots.acquire()
                await self._until_allowed()
                event, delivery = await self._most_urgent()
                late_s = self._late_s(event) if delivery.late_s is None else delivery.late_s
                await self._alerts.handed_over(event.seq, late_s)  # before `free` is set: no reading overtakes it meanwhile
                under_way.create_task(told(partial(self._send, event, late_s)))

    async def _until_allowed(self) -> None:
        if wait_s := self._refusals.wait_s(ALERTS, self._context.now_s()):
            self._free.set()
            await asyncio.sleep(wait_s)

    async def _most_urgent(self) -> tuple[AlertEvent, Delivery]:
        while True:
            number = self._alerts.changes.number
            self._ready += self._alerts.due(self._context.now_s())
            if self._ready:
                self._free.clear()
                self._ready = most_urgent_first(self._ready)
                return self._ready.pop(0)
            self._free.set()
            await self._until_due(number)

    async def _until_due(self, number: int) -> None:
        due_s = self._alerts.next_due_s()
        limit_s = None if due_s is None else due_s - self._context.now_s()
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await self._alerts.changes.wait_beyond(number)

    def _late_s(self, event: AlertEvent) -> int:
        return lateness_s(event.at_ms, self._context.clock.wall_ms())

    async def _send(self, event: AlertEvent, late_s: int) -> None:
        message = self._message(event, late_s)
        try:
            heard = await self._session.publish(message.topic, message.payload, urgent=True)
        except BrokerRefused as why:
            now_s = self._context.now_s()
            self._refusals.refused(ALERTS, str(why), now_s, at_most_s=REFUSED_S)
            await self._alerts.not_sent(event.seq, now_s, str(why))
        except UplinkLost as lost:
            await self._alerts.not_sent(event.seq, self._context.now_s(), lost.why)
            raise
        else:
            await self._taken(event, heard)
        finally:
            self._slots.release()

    def _message(self, event: AlertEvent, late_s: int) -> Outgoing:
        """As long as may be: of the readings of an alert that is longer the first stays, and the newest that find room.

        A broker that refuses or hangs up on what is too long must not keep everybody else's alerts from coming through.
        """
        message = self._context.format.alert(event, late_s)
        readings = event.alert.readings
        while len(message.topic.encode()) + len(message.payload) > self._session.longest and len(readings) > 1:
            readings = readings[:1] + readings[2:]
            alert = structs.replace(event.alert, readings=readings)
            message = self._context.format.alert(structs.replace(event, alert=alert), late_s)
        return message

    async def _taken(self, event: AlertEvent, heard: bool) -> None:
        """Where the broker's word is enough, it is not while nobody listens."""
        now_s = self._context.now_s()
        if heard:
            self._refusals.taken(ALERTS)
        else:
            self._refusals.unheard(ALERTS, now_s, pause_s=0)
        if self._puback_is_enough and not heard:
            await self._alerts.not_sent(event.seq, now_s, "nobody listens")
        else:
            await self._alerts.sent(event.seq, now_s)


def most_urgent_first(ready: Iterable[tuple[AlertEvent, Delivery]]) -> list[tuple[AlertEvent, Delivery]]:
    """All events of an alert are as urgent as the most urgent of them, so that they keep their order."""
    ready = list(ready)
    urgency: dict[tuple[int, int], int] = {}
    for event, _ in ready:
        rank = PRIORITIES.index(event.alert.priority)
        key = (event.alert.epoch, event.alert.number)
        urgency[key] = min(rank, urgency.get(key, rank))
    return sorted(ready, key=lambda item: (urgency[item[0].alert.epoch, item[0].alert.number], item[0].seq))
