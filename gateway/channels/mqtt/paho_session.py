"""One MQTT connection: paho-mqtt, which speaks the protocol, joined to the event loop by aiomqtt.

The socket comes connected, the broker's reason codes are heeded, and what is urgent overtakes the rest: all three are done
here. A message from above is acknowledged when it is worked off: else it would be lost with the link.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from copy import copy
from typing import Any

import aiomqtt
from paho.mqtt.client import Client as Paho
from paho.mqtt.client import ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from gateway.changes import Changes
from gateway.channels.mqtt.broker import Address, Broker
from gateway.channels.mqtt.errors import link_lost, no_connection
from gateway.channels.mqtt.in_flight import MOST, InFlight
from gateway.channels.mqtt.internals import (
    broke,
    close_socket,
    overtake,
    paho_of,
    until_nothing_is_left,
    use_socket,
)
from gateway.channels.mqtt.session import Message
from gateway.errors import BrokerRefused, UplinkLost
from gateway.formats.format import Outgoing
from gateway.language import Said
from gateway.words.link_errors import why

CONNECT_S = 10.0
CLOSE_S = 2.0
FROM_ABOVE_BYTES = 262_144  # longer ones the broker keeps (MQTT 5)
FROM_ABOVE = 1000  # that wait to be read; more are forgotten, and come again with the next session
SESSION_S = 86_400  # so long the broker keeps what comes from above while we are away
LONGEST_PACKET = 268_435_460  # MQTT 5, 2.1.4
HEADER_BYTES = 16  # more than what a PUBLISH has beside topic and payload

NO_MATCHING_SUBSCRIBERS = 0x10  # MQTT 5, 2.4


class PahoSession:
    """A connection that stands. All that goes wrong with it is UplinkLost; `lost` says why once it is."""

    def __init__(
        self, address: Address, broker: Broker, password: str | None, will: Outgoing | None, sock: socket.socket
    ) -> None:
        self.name = address.name
        self.lost: UplinkLost | None = None
        self._patience_s, self._keep_alive_s = broker.patience_s, broker.keep_alive_s
        self._has_will, self._retains = will is not None, broker.retain
        self._retained_under_way = 0
        self._loop = asyncio.get_running_loop()
        self._connected: asyncio.Future[ReasonCode] = self._loop.create_future()
        self._gone: asyncio.Future[None] = self._loop.create_future()
        self._in_flight = InFlight[ReasonCode]()
        self._inbox: deque[Message] = deque()
        self._news = Changes()  # a message has come, or the link is lost
        self._look: asyncio.TimerHandle | None = None
        self._last_words = ""
        self._longest_packet = LONGEST_PACKET
        self._wanted_bytes = broker.max_message_bytes
        self._address, self._sock = address, sock
        self._is_v5 = broker.version == "5"
        self._client = self._made(broker, password, will)
        self._paho = self._tuned(paho_of(self._client))
        broke(self._client).add_done_callback(self._on_nonsense)

    def _made(self, broker: Broker, password: str | None, will: Outgoing | None) -> aiomqtt.Client:
        logger = logging.Logger("mqtt", logging.ERROR)
        logger.addFilter(self._note)
        return aiomqtt.Client(
            self._address.host,
            self._address.port,
            identifier=broker.client_id,
            username=broker.username,
            password=password,
            protocol=aiomqtt.ProtocolVersion.V5 if self._is_v5 else aiomqtt.ProtocolVersion.V311,
            clean_session=None if self._is_v5 else False,
            will=aiomqtt.Will(will.topic, will.payload, qos=1, retain=will.retain) if will else None,
            max_inflight_messages=0,  # paho's own queue knows no urgency; `InFlight` keeps the bound
            logger=logger,
        )

    def _tuned(self, paho: Paho) -> Paho:
        paho.manual_ack_set(True)
        use_socket(paho, self._sock)
        self._aiomqtt_on_socket_close = paho.on_socket_close
        paho.on_socket_close, paho.on_socket_register_write = self._on_socket_close, self._on_something_to_write
        paho.on_connect, paho.on_disconnect = self._on_connect, self._on_disconnect
        paho.on_publish, paho.on_subscribe, paho.on_message = self._on_acknowledged, self._on_subscribed, self._on_message
        return paho

    def _note(self, record: logging.LogRecord) -> bool:
        """paho tells why a socket broke to its log and to nobody else."""
        self._last_words = record.getMessage().removeprefix("failed to receive on socket: ")
        return False

    # --- the socket ---------------------------------------------------------------------------------------------------

    def _on_socket_close(self, paho: Paho, data: Any, sock: Any) -> None:
        """A broker that dislikes our certificate says so after the handshake (TLS 1.3), when paho may be writing already."""
        if not self._connected.done():
            try:
                sock.recv(1)
            except OSError as error:
                self._last_words = str(error)
        if self._aiomqtt_on_socket_close:
            self._aiomqtt_on_socket_close(paho, data, sock)

    def _on_nonsense(self, error: asyncio.Future[None]) -> None:
        """Whatever paho makes of a broker that talks nonsense."""
        self._lose(UplinkLost(why(self.name, "no_mqtt", detail=repr(error.exception()))))
        close_socket(self._paho)

    def _on_something_to_write(self, paho: Paho, _data: Any, sock: Any) -> None:
        """At once: aiomqtt would have it done later, when the socket may be closed and its number another's."""
        self._loop.add_writer(sock.fileno(), paho.loop_write)

    # --- the connection -----------------------------------------------------------------------------------------------

    async def connect(self) -> None:
        """Ask for the connection and wait for the answer. Raises UplinkLost."""
        if self._is_v5:
            self._paho.connect(*self._address, self._keep_alive_s, clean_start=False, properties=_connect_properties())
        else:
            self._paho.connect(*self._address, self._keep_alive_s)
        ends: list[asyncio.Future[Any]] = [self._connected, self._gone]
        await asyncio.wait(ends, timeout=CONNECT_S, return_when=asyncio.FIRST_COMPLETED)
        if self._connected.done() and (code := self._connected.result()).is_failure:
            raise no_connection(self.name, code, self._last_words, had_will=self._has_will)
        if not self._connected.done():
            raise self.lost or UplinkLost(why(self.name, "no_answer", seconds=CONNECT_S))
        self._check()

    def _on_connect(
        self, _paho: Paho, _data: Any, _flags: ConnectFlags, code: ReasonCode, properties: Properties | None
    ) -> None:
        """CONNACK; in MQTT 5 it says what the broker can do."""
        self._in_flight.bound(getattr(properties, "ReceiveMaximum", MOST))
        self._longest_packet = getattr(properties, "MaximumPacketSize", LONGEST_PACKET)
        self._retains = self._retains and bool(getattr(properties, "RetainAvailable", 1))
        if not self._connected.done():
            self._connected.set_result(code)

    def _check(self) -> None:
        """Each second: where nobody answers any more, nobody is there, though TCP does not say so."""
        if self._in_flight.given_up(self._patience_s):
            self.drop(why(self.name, "no_acknowledgement", seconds=self._patience_s))
        if not self.lost:
            self._look = self._loop.call_later(1, self._check)

    def _on_disconnect(
        self, _paho: Paho, _data: Any, _flags: DisconnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if self._connected.done():
            on_retained = bool(self._retained_under_way)
            self._lose(link_lost(self.name, code, self._last_words, on_retained=on_retained))
        else:
            self._lose(no_connection(self.name, None, self._last_words, had_will=self._has_will))

    def drop(self, why: Said) -> None:
        """Hang up without a word. Does nothing where the link is lost already."""
        self._lose(UplinkLost(why))
        close_socket(self._paho)

    def _lose(self, lost: UplinkLost) -> None:
        """The first reason counts."""
        if self.lost is None:
            self.lost = lost
            self._gone.set_result(None)
            self._in_flight.fail(lost)
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
            close_socket(self._paho)
            self._sock.close()
            await until_nothing_is_left(self._client)

    # --- up -----------------------------------------------------------------------------------------------------------

    @property
    def longest(self) -> int:
        """What topic and payload of a message that can be cut may have together, in bytes."""
        return min(self._wanted_bytes, self._longest_packet - HEADER_BYTES)

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False, urgent: bool = False) -> bool:
        """Returns once the broker has taken it: whether anybody listens (False: no matching subscribers; MQTT 5 only).

        What is urgent overtakes all that is not; where the broker retains nothing, the message goes without. Raises
        BrokerRefused, and UplinkLost. MQTT 3.1.1 cannot refuse: there a broker takes what its access rules forbid, and
        throws it away.
        """
        if len(payload) + len(topic.encode()) + HEADER_BYTES > self._longest_packet:
            raise BrokerRefused(f"Packet too large: the broker takes {self._longest_packet} bytes")
        async with self._in_flight.slot(urgent=urgent):
            if retain and self._retains:
                code = await self._answer_to_retained(topic, payload, urgent=urgent)
            else:
                code = await self._answer_to(topic, payload, urgent=urgent)
        if code.is_failure:
            raise BrokerRefused(str(code))
        return code != NO_MATCHING_SUBSCRIBERS

    async def _answer_to_retained(self, topic: str, payload: bytes, *, urgent: bool) -> ReasonCode:
        """What is refused may be the topic, or only that it is retained: then it goes without."""
        self._retained_under_way += 1
        try:
            first = await self._answer_to(topic, payload, retain=True, urgent=urgent)
            if not first.is_failure:
                return first
            try:
                code = await self._answer_to(topic, payload, urgent=urgent)
            except UplinkLost:  # it hangs up after each refusal
                return first
            self._retains = code.is_failure
            return code
        finally:
            self._retained_under_way -= 1

    async def _answer_to(self, topic: str, payload: bytes, *, retain: bool = False, urgent: bool) -> ReasonCode:
        sending = self._paho.publish(topic, payload, 1, retain)
        if sending.rc:
            raise self._why()
        if urgent:
            overtake(self._paho, self._in_flight.is_urgent)
        return await self._in_flight.answer(sending.mid, urgent=urgent)

    def _on_acknowledged(self, _paho: Paho, _data: Any, number: int, code: ReasonCode, _properties: Properties) -> None:
        self._in_flight.answered(number, code)

    # --- down ---------------------------------------------------------------------------------------------------------

    async def subscribe(self, topic: str) -> None:
        """With QoS 1. Raises BrokerRefused, and UplinkLost."""
        result, number = self._paho.subscribe(topic, qos=1)
        if result or number is None:
            raise self._why()
        code = await self._in_flight.answer(number, urgent=True)
        if code.is_failure:
            raise BrokerRefused(str(code))

    def _on_subscribed(self, _paho: Paho, _data: Any, number: int, codes: list[ReasonCode], _properties: Any) -> None:
        self._in_flight.answered(number, codes[0])

    def _on_message(self, _paho: Paho, _data: Any, message: MQTTMessage) -> None:
        if len(self._inbox) < FROM_ABOVE:
            self._inbox.append(Message(message.topic, bytes(message.payload), message.mid, message.qos))
            self._news.happened()

    async def receive(self) -> Message:
        """The next message from above. Raises UplinkLost. Who is cancelled here has taken none."""
        while True:
            news = self._news.number
            if self._inbox:
                return self._inbox.popleft()
            if self.lost:
                raise self._why()
            await self._news.wait_beyond(news)

    def ack(self, message: Message) -> None:
        """The broker may forget it. What is not worked off comes again with the next session."""
        self._paho.ack(message.number, message.qos)


def _connect_properties() -> Properties:
    """What we ask of an MQTT 5 broker: to keep our subscriptions, and not to flood us."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = SESSION_S
    properties.ReceiveMaximum = MOST
    properties.MaximumPacketSize = FROM_ABOVE_BYTES
    return properties
