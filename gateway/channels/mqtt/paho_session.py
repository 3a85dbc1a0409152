"""One MQTT connection: the broker's reason codes are heeded, what is urgent overtakes the rest, a dead link is noticed.

A message from above is acknowledged when it is worked off: else it would be lost with the link.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from copy import copy
from typing import Any

from paho.mqtt.client import Client as Paho
from paho.mqtt.client import ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from gateway.awake import LOOK_EVERY_S, awake_timeout
from gateway.changes import Changes
from gateway.channels.mqtt.broker import Broker
from gateway.channels.mqtt.broker_limits import LONGEST, SHORTEST, BrokerLimits, Suspect
from gateway.channels.mqtt.client import SESSION_S, Client
from gateway.channels.mqtt.errors import (
    NO_MATCHING_SUBSCRIBERS,
    OF_THE_LENGTH,
    HungUpOnMessage,
    SilentBroker,
    hung_up,
    is_one_of,
    link_lost,
    no_connection,
)
from gateway.channels.mqtt.in_flight import MOST, InFlight
from gateway.channels.mqtt.inbox import Inbox
from gateway.channels.mqtt.internals import close_socket, overtake, ping, unreleased
from gateway.channels.mqtt.session import Message
from gateway.errors import BrokerRefused, UplinkLost
from gateway.language import Said
from gateway.words.link_errors import why

CONNECT_S = 10.0
FIRST_S = 10.0  # for the first acknowledgement: until it comes, another broker may be the better one
CLOSE_S = 2.0
SUSPICIOUS_S = 10.0  # so long a broker that has hung up gets one message at a time
URGENT_ASK_S, URGENT_LOST_S = 4.0, 8.5  # of silence, while an alert is open
HEADER_BYTES = 16  # more than what a PUBLISH has beside topic and payload


class PahoSession:
    """A `Session`. `lost` says why, once it is."""

    def __init__(self, client: Client, broker: Broker, limits: BrokerLimits) -> None:
        self.name, self.hurries = client.name, False
        self.lost: UplinkLost | None = None
        self._broker, self._limits = broker, limits
        self._retains = broker.retain and limits.retains
        self._loop = asyncio.get_running_loop()
        self._awake = client.awake
        self._begun_s = self._asked_s = self._awake.now_s()
        self._connected: asyncio.Future[ReasonCode] = self._loop.create_future()
        self._gone: asyncio.Future[None] = self._loop.create_future()
        self._in_flight = InFlight[ReasonCode](self._awake.now_s)
        self._inbox = Inbox()
        self._news = Changes()  # a message has come, or the link is lost
        self._look: asyncio.TimerHandle | None = None
        self._longest_packet, self._most_in_flight = LONGEST, MOST
        self._client, self._paho, self._line = client, client.paho, client.line
        client.on_nonsense = lambda error: self.drop(why(self.name, "no_mqtt", detail=repr(error)))
        paho = client.paho
        paho.on_connect, paho.on_disconnect = self._on_connect, self._on_disconnect
        paho.on_publish, paho.on_subscribe, paho.on_message = self._on_acknowledged, self._on_subscribed, self._on_message

    # --- the connection -----------------------------------------------------------------------------------------------

    async def connect(self) -> None:
        """Ask for the connection and wait for the answer. Raises UplinkLost."""
        self._client.connect()
        self._client.write()
        ends: list[asyncio.Future[Any]] = [self._connected, self._gone]
        with suppress(TimeoutError):
            async with awake_timeout(CONNECT_S):
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if not self._connected.done():
            raise self.lost or SilentBroker(why(self.name, "no_answer", seconds=CONNECT_S))
        if (code := self._connected.result()).is_failure:
            raise no_connection(self.name, code, self._client.last_words)
        if self._longest_packet < SHORTEST:
            raise UplinkLost(why(self.name, "too_short", length=self._longest_packet))
        self._begun_s = self._awake.now_s()
        self._check()

    def _on_connect(
        self, _paho: Paho, _data: Any, flags: ConnectFlags, code: ReasonCode, properties: Properties | None
    ) -> None:
        """CONNACK; in MQTT 5 it says what the broker can do, and we are told there where another box takes our session."""
        keeps = self._broker.version == "5" and getattr(properties, "SessionExpiryInterval", SESSION_S) > 0
        begun_anew = not flags.session_present and not self._limits.shunned(self._loop.time())
        self._limits.has_forgotten_us = keeps and begun_anew
        self._most_in_flight = getattr(properties, "ReceiveMaximum", MOST)
        self._in_flight.bound(1 if self._limits.is_suspicious else self._most_in_flight)
        self._longest_packet = getattr(properties, "MaximumPacketSize", LONGEST)
        self._retains = self._retains and bool(getattr(properties, "RetainAvailable", 1))
        if not self._connected.done():
            self._connected.set_result(code)

    def _check(self) -> None:
        """Each second: where nobody answers any more, nobody is there, though TCP does not say so."""
        if not self.lost:
            self._still_there()
            self._look = self._loop.call_later(LOOK_EVERY_S, self._check)

    def _still_there(self) -> None:
        stood = self._awake.look()
        self._line.look()
        now_s, keep_alive_s = self._awake.now_s(), self._broker.keep_alive_s
        ask_s, lost_s = (URGENT_ASK_S, URGENT_LOST_S) if self.hurries else (keep_alive_s, 1.5 * keep_alive_s - 1)
        silent_s = now_s - self._line.moved_s
        patience_s = self._broker.patience_s if self._in_flight.has_answered else min(FIRST_S, self._broker.patience_s)
        if silent_s >= lost_s:
            self.drop(why(self.name, "silent", seconds=round(silent_s)))
        elif self._in_flight.given_up(patience_s):
            swallowed = self._in_flight.unanswered() if self._in_flight.has_answered else []
            self._lose(UplinkLost(why(self.name, "no_acknowledgement", seconds=patience_s)), swallowed)
            close_socket(self._paho)
        elif unreleased(self._paho) > MOST:  # none may come, as QoS 1 was asked for
            self.drop(why(self.name, "no_mqtt", detail="QoS 2"))
        elif stood or (silent_s >= ask_s and now_s - self._asked_s >= ask_s):  # who stood is soon missed over there
            self._asked_s = now_s
            ping(self._paho)
            self._client.write()
        if self._limits.is_suspicious and now_s - self._begun_s > SUSPICIOUS_S:
            self._limits.is_suspicious = False
            self._in_flight.bound(self._most_in_flight)

    def _on_disconnect(
        self, _paho: Paho, _data: Any, _flags: DisconnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if not self._connected.done():
            self._lose(no_connection(self.name, None, self._client.last_words))
        elif too_long := self._line.refused:
            self._limits.shun(too_long.topic, self._loop.time())
            self._lose(HungUpOnMessage(why(self.name, "too_long", length=too_long.length, topic=too_long.topic)))
        else:
            sent = self._in_flight.unanswered() if hung_up(code, self._client.last_words) else []
            self._lose(link_lost(self.name, code, self._client.last_words, sent), sent)

    def drop(self, why: Said) -> None:
        """Hang up without a word. Does nothing where the link is lost already."""
        self._lose(UplinkLost(why))
        close_socket(self._paho)

    def _lose(self, lost: UplinkLost, suspects: Sequence[Suspect] = ()) -> None:
        """The first reason counts. Who waits for an answer hears of it before the session is over."""
        if self.lost is None:
            self.lost = lost
            self._in_flight.fail(lost, self._limits.broke_on(suspects) if suspects else None)
            self._gone.set_result(None)
            self._news.happened()

    async def until_lost(self) -> UplinkLost:
        """Returns when the link is lost: why."""
        await asyncio.wait([self._gone])
        return self._why()

    def _why(self) -> UplinkLost:
        return copy(self.lost) if self.lost else UplinkLost(why(self.name, "broken"))

    async def close(self) -> None:
        """Say goodbye where somebody listens, so that the will stays unsaid; leave no socket behind."""
        if self._look:
            self._look.cancel()
        try:
            if self._paho.is_connected() and not self.lost:
                self._paho.disconnect()
                await asyncio.wait([self._gone], timeout=CLOSE_S)
        finally:
            await self._client.close()

    # --- up -----------------------------------------------------------------------------------------------------------

    @property
    def longest(self) -> int:
        """What topic and payload of a message that can be cut may have together, in bytes."""
        return min(self._broker.max_message_bytes, self._limits.longest, self._longest_packet - HEADER_BYTES)

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False, urgent: bool = False, item: int = 0) -> bool:
        """As `Session` says it; without being retained where the broker retains nothing. Only MQTT 5 tells who listens, and
        refuses in words: else a broker throws away what its access rules forbid, or hangs up, the second time to be refused.
        """
        sent = Suspect(topic, len(topic.encode()) + len(payload), retain and self._retains, item)
        longest = min(self._longest_packet - HEADER_BYTES, LONGEST if item else self._limits.longest)
        if sent.length > longest:
            raise BrokerRefused(f"Packet too large: the broker takes {longest} bytes")
        async with self._in_flight.slot(urgent=urgent):
            code = await self._answer_to(sent, payload, urgent=urgent)
            if code.is_failure and sent.retained:
                code = await self._without_retaining(sent, payload, code, urgent=urgent)
        if code.is_failure:
            if is_one_of(code, OF_THE_LENGTH):
                self._limits.refused_as_too_long(sent)
            raise BrokerRefused(str(code))
        self._limits.took(sent)
        return code != NO_MATCHING_SUBSCRIBERS

    async def _without_retaining(self, sent: Suspect, payload: bytes, first: ReasonCode, *, urgent: bool) -> ReasonCode:
        """What is refused may be the topic, or only that it is retained."""
        try:
            code = await self._answer_to(Suspect(sent.topic, sent.length, item=sent.item), payload, urgent=urgent)
        except UplinkLost:  # it hangs up after each refusal
            return first
        if not code.is_failure:
            self._retains = False
            self._limits.retains_nothing(sent)
        return code

    async def _answer_to(self, sent: Suspect, payload: bytes, *, urgent: bool) -> ReasonCode:
        sending = self._paho.publish(sent.topic, payload, 1, sent.retained)
        if sending.rc:
            raise self._why()
        if urgent:
            overtake(self._paho, self._in_flight.is_urgent)
            self._client.write()
        if self.lost:
            raise self._why()
        return await self._in_flight.answer(sending.mid, sent, urgent=urgent)

    def _on_acknowledged(self, _paho: Paho, _data: Any, number: int, code: ReasonCode, _properties: Properties) -> None:
        self._in_flight.answered(number, code)

    # --- down ---------------------------------------------------------------------------------------------------------

    async def subscribe(self, topic: str) -> None:
        """With QoS 1; later where something too long came on it. Raises BrokerRefused, and UplinkLost."""
        if shunned_s := self._limits.shunned_s(topic, self._loop.time()):
            await asyncio.sleep(shunned_s)
        sent = Suspect(topic, 0)
        async with self._in_flight.slot(urgent=True):
            result, number = self._paho.subscribe(topic, qos=1)
            self._client.write()
            if result or number is None or self.lost:
                raise self._why()
            code = await self._in_flight.answer(number, sent, urgent=True)
        if code.is_failure:
            raise BrokerRefused(str(code))
        self._limits.took(sent)

    def _on_subscribed(self, _paho: Paho, _data: Any, number: int, codes: list[ReasonCode], _properties: Any) -> None:
        self._in_flight.answered(number, codes[0])

    def _on_message(self, _paho: Paho, _data: Any, message: MQTTMessage) -> None:
        if not self._inbox.put(Message(message.topic, bytes(message.payload), message.mid, message.qos)):
            self._paho.ack(message.mid, message.qos)  # else its place in the broker's window would be taken for ever
        self._news.happened()

    async def receive(self) -> Message:
        """The next message from above. Raises UplinkLost. Who is cancelled here has taken none."""
        while True:
            news = self._news.number
            if message := self._inbox.get():
                return message
            if self.lost:
                raise self._why()
            await self._news.wait_beyond(news)

    def ack(self, message: Message) -> None:
        """The broker may forget it. What is not worked off comes again with the next session."""
        self._paho.ack(message.number, message.qos)
        self._client.write()
