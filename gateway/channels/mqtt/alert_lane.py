"""The lane of alerts over one session: the most urgent first, each again until its delivery is over."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Protocol

from gateway import messages
from gateway.alert import AlertEvent, Delivery, Need
from gateway.changes import Changes
from gateway.channels.mqtt.refusals import Refusals
from gateway.channels.mqtt.session import Session
from gateway.channels.mqtt.topics import ALERTS
from gateway.clock import Clock
from gateway.errors import BrokerRefused, UplinkLost

UNDER_WAY = 8  # unacknowledged at once; the session's reserve is a little more
REFUSED_S = 10.0
LATE_S = 60
CLOCK_WAS_SET_S = 30 * 86_400  # what seems later than this was raised by a clock that knew no date


class AlertOutbox(Protocol):
    """Who keeps the alert events that are not delivered yet."""

    @property
    def changes(self) -> Changes:
        """Something may be due earlier than thought."""
        ...

    def due(self, now_s: float) -> list[tuple[AlertEvent, Delivery]]:
        """Events to send now, the most urgent first. Each is under way until `sent`, `not_sent` or `reconnected`."""
        ...

    def next_due_s(self) -> float | None:
        """When the next event is due (monotonic seconds); None: none waits."""
        ...

    def reconnected(self) -> None:
        """Nothing is under way any more, everything that waits is due at once."""
        ...

    async def handed_over(self, seq: int, late_s: int) -> None:
        """It is about to be sent, so late. The first time that is on disk when this returns."""
        ...

    async def sent(self, seq: int, now_s: float) -> None:
        """The broker took it with a good reason code."""
        ...

    async def not_sent(self, seq: int, now_s: float, why: str) -> None:
        """The broker refused it, or the link was lost: it is tried again."""
        ...


class AlertLane:
    """`free` is set while no alert waits to leave; the lanes of readings stand still while it is not."""

    def __init__(
        self,
        session: Session,
        alerts: AlertOutbox,
        refusals: Refusals,
        clock: Clock,
        *,
        gateway: str,
        need: Need,
        free: asyncio.Event,
    ) -> None:
        self._session, self._alerts, self._refusals, self._clock, self._gateway = session, alerts, refusals, clock, gateway
        self._puback_is_enough = need == "puback"
        self._free = free
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
                under_way.create_task(self._send(event, late_s))

    async def _until_allowed(self) -> None:
        if wait_s := self._refusals.wait_s(ALERTS, self._clock.monotonic_s()):
            self._free.set()
            await asyncio.sleep(wait_s)

    async def _most_urgent(self) -> tuple[AlertEvent, Delivery]:
        while True:
            seen = self._alerts.changes.number
            self._ready += self._alerts.due(self._clock.monotonic_s())
            if self._ready:
                self._free.clear()
                return self._ready.pop(0)
            self._free.set()
            await self._until_due(seen)

    async def _until_due(self, seen: int) -> None:
        due_s = self._alerts.next_due_s()
        limit_s = None if due_s is None else due_s - self._clock.monotonic_s()
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await self._alerts.changes.wait_beyond(seen)

    async def _send(self, event: AlertEvent, late_s: int) -> None:
        try:
            body = messages.alert_message(event, late_s, self._gateway)
            heard = await self._session.publish(ALERTS, body, urgent=True)
        except BrokerRefused as why:
            now_s = self._clock.monotonic_s()
            self._refusals.refused(ALERTS, str(why), now_s, at_most_s=REFUSED_S)
            await self._alerts.not_sent(event.seq, now_s, str(why))
        except UplinkLost as why:
            await self._alerts.not_sent(event.seq, self._clock.monotonic_s(), str(why))
            raise
        else:
            await self._taken(event, heard)
        finally:
            self._slots.release()

    def _late_s(self, event: AlertEvent) -> int:
        """An alert whose first sending comes late says so."""
        late_s = (self._clock.wall_ms() - event.at_ms) // 1000
        return late_s if LATE_S < late_s < CLOCK_WAS_SET_S else 0

    async def _taken(self, event: AlertEvent, heard: bool) -> None:
        """Where the broker's word is enough, it is not while nobody listens."""
        now_s = self._clock.monotonic_s()
        if heard:
            self._refusals.taken(ALERTS)
        else:
            self._refusals.unheard(ALERTS, now_s, pause_s=0)
        if self._puback_is_enough and not heard:
            await self._alerts.not_sent(event.seq, now_s, "nobody listens")
        else:
            await self._alerts.sent(event.seq, now_s)
