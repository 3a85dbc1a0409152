"""The network between a gateway and its broker: a relay on a loopback port that can be cut and mended.

The broker and the platform behind it stay as they are, as they do when a community centre's line is down.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from fake_devices.free_port import free_port

LOOPBACK = "127.0.0.1"


class Network:
    """Works inside `async with`. `drops`: connections are cut and the port is closed, until it `comes_back`."""

    def __init__(self, broker_port: int) -> None:
        self.port = free_port()
        self._broker_port = broker_port
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        await self.comes_back()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.drops()

    @property
    def works(self) -> bool:
        """Whether anything gets through."""
        return self._server is not None

    async def comes_back(self) -> None:
        """Whoever connects gets through to the broker."""
        self._server = await asyncio.start_server(self._carry, LOOPBACK, self.port)

    async def drops(self) -> None:
        """Connections end at once, and nobody can connect."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        for end in tuple(self._ends):
            end.transport.abort()
        await server.wait_closed()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.add(writer)
        try:
            from_broker, to_broker = await asyncio.open_connection(LOOPBACK, self._broker_port)
        except OSError:
            writer.transport.abort()
            return
        finally:
            self._ends.discard(writer)
        await self._carry_both_ways((reader, to_broker), (from_broker, writer))

    async def _carry_both_ways(self, *ways: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        ends = {writer for _, writer in ways}
        self._ends |= ends
        try:
            async with asyncio.TaskGroup() as both:
                for way in ways:
                    both.create_task(_carry_one_way(*way))
        finally:
            self._ends -= ends
            for end in ends:
                end.transport.abort()


async def _carry_one_way(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        return
    finally:
        writer.close()
