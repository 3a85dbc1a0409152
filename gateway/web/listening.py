"""A web server of few and short connections: whoever asks, and however, the gateway does not wait for them.

Each connection carries one request and lives for a few seconds, whatever its client does; an answer that goes on is said to be
one (`keep_open`). What is too many is hung up, fifty a second; the rest waits in the kernel, so that ten
thousand of them delay an alert no more than fifty do.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from contextlib import closing

import structlog
from aiohttp import web

from gateway.driver_bugs import whereabouts
from gateway.listening_socket import listening

log = structlog.get_logger()

UNHEARD = logging.getLogger("gateway.web")  # what a stranger sends fills no log; our own bugs are told below
UNHEARD.disabled = True

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MOST_CONNECTIONS = 64
MOST_OF_ONE_ADDRESS = 24
LIFE_S = 15.0  # of a connection: its request, and the answer
REST_S = 0.02  # after one too many: a flood waits in the kernel, which takes nothing of the processor
TRY_AGAIN_S = 15.0  # an address may come later than the gateway: DHCP


class WebServer:
    """`run()` it in a task of its own. `name`: of what it serves, in the log."""

    def __init__(self, name: str, address: tuple[str, int], application: web.Application, *, life_s: float = LIFE_S) -> None:
        self._name, self._address, self._life_s = name, address, life_s
        self._application = application
        self._application.middlewares.insert(0, self._one_answer)  # around those of the application
        self._open: dict[asyncio.BaseTransport, tuple[str, asyncio.TimerHandle]] = {}

    async def run(self) -> None:
        """Serves until it is cancelled. Where it cannot listen, the log says why, and it tries again."""
        runner = web.AppRunner(
            self._application, access_log=None, logger=UNHEARD, keepalive_timeout=0, handler_cancellation=True
        )
        await runner.setup()
        told = ""
        try:
            while True:
                try:
                    with closing(listening(self._address)) as listener:
                        log.info("listening", what=self._name, port=self._address[1])
                        await self._accept(listener, runner)
                except OSError as error:
                    why = error.strerror or str(error)
                    if why != told:
                        log.error("cannot listen", what=self._name, why=why)
                    told = why
                await asyncio.sleep(TRY_AGAIN_S)
        finally:
            for transport, (_, end) in self._open.items():
                end.cancel()
                _abort(transport)
            await runner.cleanup()

    async def _accept(self, listener: socket.socket, runner: web.AppRunner) -> None:
        loop = asyncio.get_running_loop()
        assert runner.server  # it was set up
        while True:
            connection, (address, *_) = await loop.sock_accept(listener)
            self._forget_closed()
            if not self._room_for(address):
                connection.close()
                await asyncio.sleep(REST_S)
                continue
            try:
                transport, _ = await loop.connect_accepted_socket(runner.server, connection)
            except OSError:  # it has gone
                connection.close()
                continue
            self._open[transport] = address, loop.call_later(self._life_s, _abort, transport)

    def _forget_closed(self) -> None:
        for transport in [one for one in self._open if one.is_closing()]:
            _, end = self._open.pop(transport)
            end.cancel()

    def _room_for(self, address: str) -> bool:
        of_this = sum(one == address for one, _ in self._open.values())
        return len(self._open) < MOST_CONNECTIONS and of_this < MOST_OF_ONE_ADDRESS

    def keep_open(self, request: web.Request) -> None:
        """The answer to this goes on until its client has gone, or is too slow; who answers sees to that."""
        transport = request.transport
        if transport and (known := self._open.get(transport)):
            known[1].cancel()

    @web.middleware
    async def _one_answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A bug in an answer silences no band, and tells nobody outside where it is."""
        try:
            response = await handler(request)
        except web.HTTPException as said:
            said.force_close()
            raise
        except ConnectionError:
            raise
        except Exception as bug:
            log.error("web answer failed", what=self._name, why=whereabouts(bug))
            response = web.Response(status=500, text="failed, see the log\n")
        response.force_close()
        return response


def _abort(transport: asyncio.BaseTransport) -> None:
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
