"""The client that speaks MQTT: aiomqtt, which joins paho to the event loop, on a line that is connected already."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from socket import socket
from typing import Any

import aiomqtt
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY
from paho.mqtt.client import Client as Paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from gateway.awake import Awake
from gateway.channels.mqtt.broker import Address, Broker
from gateway.channels.mqtt.in_flight import MOST
from gateway.channels.mqtt.internals import ask_to_connect, broke, close_socket, paho_of, until_nothing_is_left, use_line
from gateway.channels.mqtt.line import Line
from gateway.formats.format import Outgoing

FROM_ABOVE_BYTES = 262_144  # longer ones the broker keeps (MQTT 5), or we hang up
PACKETS_AT_ONCE = 100  # a broker that floods us holds up nothing else
SESSION_S = 86_400  # so long the broker keeps what comes from above while we are away


class Client:
    """`paho` is what speaks, and calls back. `awake`: the clock by which the broker is silent.

    `last_words`: what the socket said when it broke.
    `on_nonsense`: a broker may talk such nonsense that paho fails at it.
    """

    def __init__(
        self, address: Address, broker: Broker, password: str | None, will: Outgoing | None, sock: socket, *, is_clean: bool
    ) -> None:
        self.name, self.last_words = address.name, ""
        self.awake = Awake(asyncio.get_running_loop().time)
        self.line = Line(sock, FROM_ABOVE_BYTES, self.awake.now_s)
        self.on_nonsense: Callable[[BaseException | None], None] = lambda _: None
        logger = logging.Logger("mqtt", logging.ERROR)
        logger.addFilter(self._note)
        is_v5 = broker.version == "5"
        self._client = aiomqtt.Client(
            *address,
            identifier=broker.client_id,
            username=broker.username,
            password=password,
            protocol=aiomqtt.ProtocolVersion.V5 if is_v5 else aiomqtt.ProtocolVersion.V311,
            will=aiomqtt.Will(will.topic, will.payload, qos=1, retain=will.retain) if will else None,
            keepalive=broker.keep_alive_s,
            clean_session=None if is_v5 else is_clean,
            clean_start=is_clean if is_v5 else MQTT_CLEAN_START_FIRST_ONLY,
            properties=_connect_properties() if is_v5 else None,
            max_inflight_messages=0,  # paho's own queue knows no urgency; `InFlight` keeps the bound
            logger=logger,
        )
        use_line(self._client, self.line)
        broke(self._client).add_done_callback(lambda error: self.on_nonsense(error.exception()))
        self.paho = paho_of(self._client)
        self.paho.manual_ack_set(True)
        self._aiomqtt_on_socket_open, self._aiomqtt_on_socket_close = self.paho.on_socket_open, self.paho.on_socket_close
        self.paho.on_socket_open, self.paho.on_socket_close = self._on_socket_open, self._on_socket_close
        self.paho.on_socket_register_write = self._on_something_to_write

    def connect(self) -> None:
        """Ask for the connection."""
        ask_to_connect(self._client)

    async def close(self) -> None:
        """Leave no socket behind, and no task."""
        close_socket(self.paho)
        self.line.close()
        await until_nothing_is_left(self._client)

    def _note(self, record: logging.LogRecord) -> bool:
        """paho tells why a socket broke to its log and to nobody else."""
        self.last_words = record.getMessage().removeprefix("failed to receive on socket: ")
        return False

    def _on_socket_open(self, paho: Paho, data: Any, line: Any) -> None:
        """aiomqtt reads a packet in each turn of the loop: where we stood, an answer would wait behind all the others."""
        if self._aiomqtt_on_socket_open:
            self._aiomqtt_on_socket_open(paho, data, line)
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.add_reader, line.fileno(), self._read)  # in the place of its own

    def _read(self) -> None:
        try:
            left = PACKETS_AT_ONCE
            while left > 0 or self.line.pending():  # of what TLS has decoded already the socket does not tell
                if self.paho.loop_read() or self.line.is_dry:
                    return
                left -= 1
        except Exception as error:
            self.on_nonsense(error)

    def _on_socket_close(self, paho: Paho, data: Any, line: Any) -> None:
        """A broker that dislikes our certificate says so after the handshake (TLS 1.3), when paho may be writing already."""
        if not paho.is_connected():
            try:
                line.recv(1)
            except OSError as error:
                self.last_words = str(error)
        if self._aiomqtt_on_socket_close:
            self._aiomqtt_on_socket_close(paho, data, line)

    def _on_something_to_write(self, _paho: Paho, _data: Any, line: Any) -> None:
        """At once: aiomqtt would have it done later, when the socket may be closed and its number another's."""
        asyncio.get_running_loop().add_writer(line.fileno(), self.write)

    def write(self) -> None:
        """As much as the line takes now, and not in the loop's next turn: a process that stands comes to that late."""
        try:
            self.paho.loop_write()
        except Exception as error:
            self.on_nonsense(error)


def _connect_properties() -> Properties:
    """What we ask of an MQTT 5 broker: to keep our subscriptions, and not to flood us."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = SESSION_S
    properties.ReceiveMaximum = MOST
    properties.MaximumPacketSize = FROM_ABOVE_BYTES
    return properties
