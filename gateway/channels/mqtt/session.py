"""One MQTT connection: the one file that knows aiomqtt, and paho-mqtt beneath it.

aiomqtt joins paho to the event loop. Three things are done here in its stead:
- the socket comes connected from `open_socket.py`: aiomqtt connects in a thread, which can neither be cancelled nor given up;
- publishing and subscribing go to paho itself: aiomqtt returns from a publish that the broker refused as if all were well,
  and does not notice while it waits for an answer that the link is lost;
- a message from above is acknowledged when it is worked off: else it would be lost with the link.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from copy import copy
from typing import Any, NamedTuple

import aiomqtt
from paho.mqtt.client import Client as Paho
from paho.mqtt.client import ConnectFlags, DisconnectFlags
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from gateway.channels.mqtt.broker import Address, Broker
from gateway.channels.mqtt.errors import link_lost, no_connection
from gateway.channels.mqtt.in_flight import MOST, InFlight
from gateway.channels.mqtt.topics import STATUS
from gateway.errors import BrokerRefused, UplinkLost

CONNECT_S = 10.0
CLOSE_S = 2.0
FROM_ABOVE_BYTES = 262_144  # longer ones the broker keeps (MQTT 5)
SESSION_S = 86_400  # so long the broker keeps what comes from above while we are away
LONGEST_PACKET = 268_435_460  # MQTT 5, 2.1.4
HEADER_BYTES = 16  # more than what a PUBLISH has beside topic and payload

NO_MATCHING_SUBSCRIBERS = 0x10  # MQTT 5, 2.4


class Message(NamedTuple):
    """A message from above; `topic` is what stands under `<root>/<gateway>/`. The rest is for `Session.ack`."""

    topic: str
    payload: bytes
    number: int
    qos: int


class Session:
    """A connection that stands. All that goes wrong with it is UplinkLost; `lost` says why once it is."""

    def __init__(self, address: Address, broker: Broker, password: str | None, will: bytes | None, sock: socket.socket) -> None:
        self.address = address
        self.lost: UplinkLost | None = None
        self._prefix = f"{broker.root}/{broker.gateway}/"
        self._patience_s = broker.patience_s
        self._keep_alive_s = broker.keep_alive_s
        self._has_will = self._retains = will is not None
        self._loop = asyncio.get_running_loop()
        self._in_flight = InFlight[ReasonCode]()
        self._look: asyncio.TimerHandle | None = None
        self._last_words = ""
        logger = logging.Logger("mqtt", logging.ERROR)
        logger.addFilter(self._note)
        self._is_v5 = broker.version == "5"
        self._client = aiomqtt.Client(
            address.host,
            address.port,
            identifier=broker.gateway,
            username=broker.username,
            password=password,
            protocol=aiomqtt.ProtocolVersion.V5 if self._is_v5 else aiomqtt.ProtocolVersion.V311,
            clean_session=None if self._is_v5 else False,
            will=aiomqtt.Will(self._prefix + STATUS, will, qos=1, retain=True) if will is not None else None,
            max_inflight_messages=0,  # paho's own queue knows no urgency; `InFlight` keeps the bound
            max_queued_incoming_messages=1000,
            logger=logger,
        )
        self._paho: Paho = self._client._client
        self._paho.manual_ack_set(True)
        self._paho.on_publish = self._on_acknowledged
        self._paho.on_subscribe = self._on_subscribed
        self._paho.on_connect = self._on_connect
        self._paho.on_disconnect = self._on_disconnect
        self._paho.on_socket_close = self._on_socket_close
        self._paho.on_socket_register_write = self._on_something_to_write
        self._paho._create_socket = lambda: sock  # type: ignore[method-assign]
        self._sock = sock
        self._longest = LONGEST_PACKET

    def _note(self, record: logging.LogRecord) -> bool:
        """paho tells why a socket broke to its log and to nobody else."""
        self._last_words = record.getMessage().removeprefix("failed to receive on socket: ")
        return False

    # --- the connection -----------------------------------------------------------------------------------------------

    async def connect(self) -> None:
        """Ask for the connection and wait for the answer. Raises UplinkLost."""
        if self._is_v5:
            self._paho.connect(*self.address, self._keep_alive_s, clean_start=False, properties=_wishes())
        else:
            self._paho.connect(*self.address, self._keep_alive_s)
        connected, gone = self._client._connected, self._client._disconnected
        await asyncio.wait([connected, gone], timeout=CONNECT_S, return_when=asyncio.FIRST_COMPLETED)
        if not connected.done():
            said = f"no answer of MQTT: {gone.exception()!r}" if gone.done() else "no answer to CONNECT"
            raise UplinkLost(f"{self.address.name}: {said}")
        if error := connected.exception():
            raise no_connection(self.address.name, _code(error), self._last_words, had_will=self._has_will)
        gone.add_done_callback(self._on_lost)
        self._check()

    def _on_connect(
        self, client: Paho, userdata: Any, flags: ConnectFlags, code: ReasonCode, properties: Properties | None
    ) -> None:
        """CONNACK; in MQTT 5 it says what the broker can do."""
        self._in_flight.bound(getattr(properties, "ReceiveMaximum", MOST))
        self._longest = getattr(properties, "MaximumPacketSize", LONGEST_PACKET)
        self._retains = self._retains and bool(getattr(properties, "RetainAvailable", 1))
        self._client._on_connect(client, userdata, flags, code, properties)

    def _on_disconnect(
        self, client: Paho, userdata: Any, flags: DisconnectFlags, code: ReasonCode, properties: Properties | None
    ) -> None:
        """aiomqtt tells nobody of a link that is lost before CONNACK."""
        self._client._on_disconnect(client, userdata, flags, code, properties)
        if not self._client._connected.done():
            self._client._connected.set_exception(UplinkLost("hung up"))

    def _on_socket_close(self, paho: Paho, data: Any, sock: Any) -> None:
        """A broker that dislikes our certificate says so after the handshake (TLS 1.3), when paho may be writing already."""
        if not self._client._connected.done():
            try:
                sock.recv(1)
            except OSError as error:
                self._last_words = str(error)
        self._client._on_socket_close(paho, data, sock)

    def _on_something_to_write(self, paho: Paho, _data: Any, sock: Any) -> None:
        """aiomqtt would have it done later, when the socket may be closed and its number another's."""
        self._loop.add_writer(sock.fileno(), paho.loop_write)

    def _check(self) -> None:
        """Each second: where nobody answers any more, nobody is there, though TCP does not say so."""
        if self._in_flight.given_up(self._patience_s):
            self.drop(f"no acknowledgement for {self._patience_s:g} s")
        else:
            self._look = self._loop.call_later(1, self._check)

    def drop(self, why: str) -> None:
        """Hang up without a word. Does nothing where the link is lost already."""
        if not self._client._disconnected.done():
            self._client._disconnected.set_exception(UplinkLost(why))
        self._paho._sock_close()

    def _on_lost(self, gone: asyncio.Future[None]) -> None:
        error = gone.exception()
        self.lost = link_lost(self.address.name, _code(error), self._last_words, error)
        self._in_flight.fail(self.lost)

    async def until_lost(self) -> UplinkLost:
        """Returns when the link is lost: why."""
        await asyncio.wait([self._client._disconnected])
        return self.lost or self._gone()

    def _gone(self) -> UplinkLost:
        return copy(self.lost) if self.lost else UplinkLost(f"{self.address.name}: the link is lost")

    async def close(self) -> None:
        """Say goodbye where somebody listens, so that the will stays unsaid; leave neither socket nor task behind."""
        gone = self._client._disconnected
        if self._look:
            self._look.cancel()
        try:
            if self._paho.is_connected() and not gone.done():
                self._paho.disconnect()
                await asyncio.wait([gone], timeout=CLOSE_S)
        finally:
            self._paho._sock_close()
            self._sock.close()
            if self._client._misc_task:
                await asyncio.wait([self._client._misc_task])  # aiomqtt ends it with the socket

    # --- up -----------------------------------------------------------------------------------------------------------

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False, urgent: bool = False) -> bool:
        """Returns once the broker has taken it: whether anybody listens (False: no matching subscribers; MQTT 5 only).

        What is urgent overtakes all that is not. Raises BrokerRefused, and UplinkLost. MQTT 3.1.1 cannot refuse: there a
        broker takes what its access rules forbid, and throws it away.
        """
        if len(payload) + len(self._prefix) + len(topic) + HEADER_BYTES > self._longest:
            raise BrokerRefused(f"Packet too large: the broker takes {self._longest} bytes")
        async with self._in_flight.slot(urgent=urgent):
            sending = self._paho.publish(self._prefix + topic, payload, 1, retain and self._retains)
            if sending.rc:
                raise self._gone()
            if urgent:
                self._overtake()
            code = await self._in_flight.answer(sending.mid, urgent=urgent)
        if code.is_failure:
            raise BrokerRefused(str(code))
        return code != NO_MATCHING_SUBSCRIBERS

    def _overtake(self) -> None:
        """Move the packet that was queued last before all that is not urgent and has not begun to leave."""
        queue = self._paho._out_packet
        packet = queue.pop()
        behind = (n for n, other in enumerate(queue) if not other["pos"] and not self._in_flight.is_urgent(other["mid"]))
        queue.insert(next(behind, len(queue)), packet)

    def _on_acknowledged(self, _paho: Paho, _data: Any, number: int, code: ReasonCode, _properties: Properties) -> None:
        self._in_flight.answered(number, code)

    # --- down ---------------------------------------------------------------------------------------------------------

    async def subscribe(self, topic: str) -> None:
        """With QoS 1. Raises BrokerRefused, and UplinkLost."""
        result, number = self._paho.subscribe(self._prefix + topic, qos=1)
        if result or number is None:
            raise self._gone()
        code = await self._in_flight.answer(number, urgent=True)
        if code.is_failure:
            raise BrokerRefused(str(code))

    def _on_subscribed(self, _paho: Paho, _data: Any, number: int, codes: list[ReasonCode], _properties: Any) -> None:
        self._in_flight.answered(number, codes[0])

    async def receive(self) -> Message:
        """The next message from above. Raises UplinkLost."""
        try:
            message = await anext(self._client.messages)
        except aiomqtt.MqttError:
            raise self._gone() from None
        assert isinstance(message.payload, bytes)
        return Message(message.topic.value.removeprefix(self._prefix), message.payload, message.mid, message.qos)

    def ack(self, message: Message) -> None:
        """The broker may forget it. What is not worked off comes again with the next session."""
        self._paho.ack(message.number, message.qos)


def _code(error: BaseException | None) -> int | ReasonCode | None:
    """The broker's reason, where it gave one."""
    return error.rc if isinstance(error, aiomqtt.MqttCodeError) else None


def _wishes() -> Properties:
    """What we ask of an MQTT 5 broker: to keep our subscriptions, and not to flood us."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = SESSION_S
    properties.ReceiveMaximum = MOST
    properties.MaximumPacketSize = FROM_ABOVE_BYTES
    return properties
