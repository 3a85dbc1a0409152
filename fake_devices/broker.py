"""The broker of the demo: amqtt, in this process, on a loopback port; it needs nothing installed and speaks MQTT 3.1.1."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Self

from amqtt.broker import Broker as Amqtt  # type: ignore[import-untyped]
from amqtt.contexts import BrokerConfig, ListenerConfig  # type: ignore[import-untyped]

from fake_devices.free_port import free_port

ANYBODY = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}


class EmbeddedBroker:
    """Runs inside `async with`. `stops` and `starts`: its connections are cut, its port is closed, and open again."""

    def __init__(self) -> None:
        self.port = free_port()
        config = BrokerConfig(listeners={"default": ListenerConfig(bind=f"127.0.0.1:{self.port}")}, plugins=dict(ANYBODY))
        for noisy in ("amqtt", "transitions"):  # they log each packet, and each client that leaves as an error
            logging.getLogger(noisy).setLevel(logging.CRITICAL)
        self._config = config
        self._amqtt: Amqtt | None = None

    async def __aenter__(self) -> Self:
        await self.starts()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stops()

    async def starts(self) -> None:
        """It listens when this returns; it remembers nothing of an earlier life."""
        self._amqtt = Amqtt(self._config)
        await self._amqtt.start()

    async def stops(self) -> None:
        """Nobody is connected and nobody can connect when this returns."""
        if self._amqtt:
            await self._amqtt.shutdown()
            self._amqtt = None
