"""The lanes over one session: alerts before replies before what is measured now before history; and what comes down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from gateway.channels.mqtt.alert_lane import AlertLane
from gateway.channels.mqtt.command_queue import Came, CommandQueue
from gateway.channels.mqtt.gaps_lane import GapsLane
from gateway.channels.mqtt.reading_lanes import LIVE_MESSAGES, ReadingLanes
from gateway.channels.mqtt.refusals import Refusals
from gateway.channels.mqtt.session import Session
from gateway.channels.mqtt.uplink_context import UplinkContext
from gateway.commands import Command, Reply
from gateway.errors import BrokerRefused, UplinkLost
from gateway.failures import told
from gateway.formats.format import RECEIPTS, Outgoing, Receipts, Unreadable
from gateway.words.link_errors import why

Lane = Callable[[], Awaitable[None]]


class Lanes:
    """Carries everything while the session lasts."""

    def __init__(self, session: Session, context: UplinkContext, refusals: Refusals, commands: CommandQueue) -> None:
        self._session, self._context, self._refusals, self._commands = session, context, refusals, commands
        self._no_alert_waits = asyncio.Event()
        self._alerts = AlertLane(session, context, refusals, self._no_alert_waits)
        self._readings = ReadingLanes(session, context, refusals, self._no_alert_waits)
        self._gaps = GapsLane(session, context, refusals, self._no_alert_waits)

    async def run(self) -> None:
        """Raises UplinkLost, sooner or later."""
        subscribing: list[Lane] = [partial(self._subscribe, *stream) for stream in self._context.format.subscriptions.items()]
        async with asyncio.TaskGroup() as tasks:
            lanes: list[asyncio.Task[None]] = [
                tasks.create_task(told(partial(self._while_the_link_lasts, lane)))
                for lane in (
                    *subscribing,
                    self._alerts.run,
                    self._watch_alerts,
                    self._how_it_is,
                    self._receive,
                    self._say_answers,
                    self._say_last_replies,
                    self._say_what_is_open_when_asked,
                    *[self._readings.live] * LIVE_MESSAGES,
                    self._readings.backlog,
                    self._gaps.run,
                )
            ]
            lost = await self._session.until_lost()
            for lane in lanes:
                lane.cancel()
        raise lost

    async def _while_the_link_lasts(self, lane: Lane) -> None:
        """A lane's own UplinkLost ends here: a TaskGroup that is cancelled while a task fails would forget the former."""
        try:
            await lane()
        except* UplinkLost:
            self._session.drop(why(self._session.name, "broken"))

    async def _subscribe(self, stream: str, topic: str) -> None:
        while True:
            await asyncio.sleep(self._refusals.wait_s(stream, self._context.now_s()))
            try:
                await self._session.subscribe(topic)
            except BrokerRefused as refused:
                self._refused(stream, refused)
            else:
                self._refusals.taken(stream)
                return

    async def _watch_alerts(self) -> None:
        while True:
            number = self._context.alerts.changes.number
            self._session.hurries = self._context.alerts.any_open
            await self._context.alerts.changes.wait_beyond(number)

    # --- up -----------------------------------------------------------------------------------------------------------

    async def _how_it_is(self) -> None:
        """Behind the alerts: a broker may hang up on a retained message."""
        await self._no_alert_waits.wait()
        await self.say(self._context.format.status("online", self._context.snapshot()))
        await self._heartbeat()
        await self._say_what_is_open()
        while True:
            await asyncio.sleep(self._context.pace.heartbeat_s)
            await self._heartbeat()

    async def _heartbeat(self) -> None:
        await self.say(self._context.format.heartbeat(self._context.snapshot(), next(self._context.beats)))

    async def _say_what_is_open(self) -> None:
        await self.say(self._context.format.snapshot(self._context.snapshot()))

    async def say(self, message: Outgoing) -> None:
        """A message that is said once. Where the broker refuses it that is noted, and for a while none of its stream is said.

        Some brokers hang up after each refusal: what they do not want must not keep the others from coming through.
        """
        if self._refusals.wait_s(message.stream, self._context.now_s()):
            return
        try:
            await self._session.publish(message.topic, message.payload, retain=message.retain, urgent=message.urgent)
        except BrokerRefused as refused:
            self._refused(message.stream, refused)
        else:
            self._refusals.taken(message.stream)

    def _refused(self, stream: str, refused: BrokerRefused) -> None:
        self._refusals.refused(stream, str(refused), self._context.now_s(), at_most_s=self._context.pace.again_at_most_s)

    # --- down ---------------------------------------------------------------------------------------------------------

    async def _receive(self) -> None:
        while True:
            message = await self._session.receive()
            said = self._context.format.inbound(message.topic, message.payload)
            if isinstance(said, Unreadable):
                self._unreadable(said.stream, said.why)
            command = said.command if isinstance(said, Unreadable) else said
            if isinstance(command, Command):
                message = message._replace(payload=b"")  # to be acknowledged when it is answered
                await self._commands.came.put(Came(command, self._session, message))
                continue
            if isinstance(said, Receipts):
                await self._take(said)
            self._session.ack(message)

    async def _take(self, receipts: Receipts) -> None:
        if receipts.unreadable:
            self._unreadable(RECEIPTS, receipts.unreadable)
        for name in receipts.alerts:
            await asyncio.sleep(0)  # there may be thousands
            await self._context.receipts(name, receipts.status, receipts.reason)
        self._readings.receipts(receipts.readings, receipts.status)

    def _unreadable(self, stream: str, why: str) -> None:
        self._refusals.unreadable(stream, why, self._context.now_s())

    async def _say_answers(self) -> None:
        while True:
            answer = await self._commands.next()
            if _asks_what_is_open(answer.reply):
                await self._say_what_is_open()
            reply = answer.reply
            if reply.status == "accepted":  # it may have waited to be said for longer than the work took
                reply = await self._context.router.newest(reply)
            await self.say(self._context.format.reply(reply))
            self._commands.said(answer)

    async def _say_last_replies(self) -> None:
        """To commands that took longer; also those that waited for a session."""
        later = self._context.router.later
        while True:
            seen = later.changes.number
            while reply := later.next():
                await self.say(self._context.format.reply(reply))
                await later.said(reply)
            await later.changes.wait_beyond(seen)

    async def _say_what_is_open_when_asked(self) -> None:
        """At the control socket of this machine."""
        asked = self._context.snapshot_asked
        seen = asked.number
        while True:
            seen = await asked.wait_beyond(seen)
            await self._say_what_is_open()


def _asks_what_is_open(reply: Reply) -> bool:
    return reply.verb == "snapshot" and reply.status == "done"
