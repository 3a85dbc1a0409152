"""A session with a broker, as the lanes need one; what it is made of is its own affair (`paho_session.py`, or a simulation)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

from gateway.channels.mqtt.broker import Broker
from gateway.channels.mqtt.broker_limits import KnownBrokers
from gateway.clock import Clock
from gateway.errors import UplinkLost
from gateway.formats.format import Outgoing
from gateway.language import Said


class Message(NamedTuple):
    """A message from above. `number` and `qos` are for `Session.ack`."""

    topic: str
    payload: bytes
    number: int = 0
    qos: int = 1


class Session(Protocol):
    """A connection that stands. All that goes wrong with it is UplinkLost.

    `hurries`: an alert is open, so it must be noticed soon when nobody is there any more.
    """

    hurries: bool

    @property
    def name(self) -> str:
        """The broker's, as people write it."""

    @property
    def longest(self) -> int:
        """What topic and payload of a message that can be cut may have together, in bytes."""

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False, urgent: bool = False, item: int = 0) -> bool:
        """Returns once the broker has taken it: whether anybody listens. Raises BrokerRefused, and UplinkLost.

        What is urgent overtakes all that is not. `item`: which of its topic, where the broker may refuse one and take the next.
        """

    async def subscribe(self, topic: str) -> None:
        """Raises BrokerRefused, and UplinkLost."""

    async def receive(self) -> Message:
        """The next message from above. Raises UplinkLost. Who is cancelled here has taken none."""

    def ack(self, message: Message) -> None:
        """The broker may forget it. What is not worked off comes again with the next session."""

    def drop(self, why: Said) -> None:
        """Hang up without a word. Does nothing where the link is lost already."""

    async def until_lost(self) -> UplinkLost:
        """Returns when the link is lost: why."""


Connect = Callable[[Broker, Clock, Outgoing | None, KnownBrokers], AbstractAsyncContextManager[Session]]
"""Opens a session, and closes it. The message is the will: what the broker publishes when we are lost."""
