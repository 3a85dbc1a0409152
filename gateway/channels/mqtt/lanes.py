"""The lanes over one session: alerts before replies before what is measured now before history; and what comes down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from gateway.alert import Need
from gateway.channels.mqtt import inbound_commands as commands
from gateway.channels.mqtt import receipts
from gateway.channels.mqtt.alert_lane import AlertLane, AlertOutbox
from gateway.channels.mqtt.inbound import Unreadable
from gateway.channels.mqtt.pace import Pace
from gateway.channels.mqtt.reading_lanes import LIVE_MESSAGES, ReadingLanes
from gateway.channels.mqtt.refusals import Refusals
from gateway.channels.mqtt.session import Message, Session
from gateway.channels.mqtt.topics import COMMANDS, HEARTBEAT, RECEIPTS, REPLIES
from gateway.clock import Clock
from gateway.commands import Router
from gateway.errors import BrokerRefused, UplinkLost
from gateway.messages import ReplyMessage, encode
from gateway.store.readings import ReadingStore

MOST_COMMANDS = 100  # that wait to be carried out; then the broker is asked to wait


class Outbox(AlertOutbox, Protocol):
    """The deliveries of alerts, as the uplink sees them."""

    async def receipt(self, id_: str, status: str, reason: str, /) -> None:
        """The platform has an alert, or one event of it; ids that nobody knows change nothing."""
        ...


@dataclass(frozen=True, kw_only=True)
class UplinkContext:
    """What the lanes join: whence comes what goes up, and whither goes what comes down."""

    gateway: str
    alerts: Outbox
    router: Router
    readings: ReadingStore
    clock: Clock
    heartbeat: Callable[[], bytes]
    alerts_need: Need
    readings_need: Need
    pace: Pace


class Lanes:
    """Carries everything while the session lasts."""

    def __init__(self, session: Session, ends: UplinkContext, refusals: Refusals) -> None:
        self._session, self._ends, self._refusals = session, ends, refusals
        self._commands: asyncio.Queue[Message] = asyncio.Queue(MOST_COMMANDS)
        no_alert_waits = asyncio.Event()
        self._alerts = AlertLane(
            session, ends.alerts, refusals, ends.clock, gateway=ends.gateway, need=ends.alerts_need, free=no_alert_waits
        )
        self._readings = ReadingLanes(
            session,
            ends.readings,
            refusals,
            ends.clock,
            gateway=ends.gateway,
            need=ends.readings_need,
            pace=ends.pace,
            free=no_alert_waits,
        )

    async def run(self) -> None:
        """Raises UplinkLost, sooner or later."""
        for topic in (RECEIPTS, COMMANDS):
            await self._subscribe(topic)
        async with asyncio.TaskGroup() as tasks:
            lanes = [
                tasks.create_task(self._while_the_link_lasts(lane))
                for lane in (
                    self._alerts.run,
                    self._heartbeats,
                    self._receive,
                    self._reply,
                    *[self._readings.live] * LIVE_MESSAGES,
                    self._readings.backlog,
                )
            ]
            why = await self._session.until_lost()
            for lane in lanes:
                lane.cancel()
        raise why

    async def _while_the_link_lasts(self, lane: Callable[[], Awaitable[None]]) -> None:
        """A lane's own UplinkLost ends here: a TaskGroup that is cancelled while a task fails would forget the former."""
        try:
            await lane()
        except* UplinkLost:
            self._session.drop("a lane has ended")

    async def _subscribe(self, topic: str) -> None:
        try:
            await self._session.subscribe(topic)
        except BrokerRefused as why:
            self._note(topic, why)

    # --- up -----------------------------------------------------------------------------------------------------------

    async def _heartbeats(self) -> None:
        while True:
            await self.say(HEARTBEAT, self._ends.heartbeat())
            await asyncio.sleep(self._ends.pace.heartbeat_s)

    async def say(self, topic: str, body: bytes, *, retain: bool = False) -> None:
        """A message that is said once: where the broker refuses it, that is noted, and the next one is another."""
        try:
            await self._session.publish(topic, body, retain=retain, urgent=True)
        except BrokerRefused as why:
            self._note(topic, why)
        else:
            self._refusals.taken(topic)

    def _note(self, topic: str, why: BrokerRefused) -> None:
        self._refusals.refused(topic, str(why), self._ends.clock.monotonic_s(), at_most_s=0)

    # --- down ---------------------------------------------------------------------------------------------------------

    async def _receive(self) -> None:
        while True:
            message = await self._session.receive()
            if message.topic == COMMANDS:
                await self._commands.put(message)
                continue
            if message.topic == RECEIPTS:
                await self._take_receipts(message.payload)
            self._session.ack(message)

    async def _take_receipts(self, payload: bytes) -> None:
        try:
            alerts, readings, status, reason = receipts.read(payload)
        except Unreadable as why:
            self._refusals.unreadable(RECEIPTS, str(why), self._ends.clock.monotonic_s())
            return
        for id_ in alerts:
            await self._ends.alerts.receipt(id_, status, reason)
        self._readings.receipts(readings, status)

    async def _reply(self) -> None:
        while True:
            message = await self._commands.get()
            if reply := await self._answer(message.payload):
                await self.say(REPLIES, encode(reply))
            self._session.ack(message)

    async def _answer(self, payload: bytes) -> ReplyMessage | None:
        try:
            return await commands.answer(payload, self._ends.router)
        except Unreadable as why:
            self._refusals.unreadable(COMMANDS, str(why), self._ends.clock.monotonic_s())
            return ReplyMessage(id=why.id, verb="", status="rejected", reason=str(why)) if why.id else None
