"""The web server of few and short connections: nobody who asks stays for long, is many, or learns of a bug."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiohttp import web
from structlog.testing import capture_logs

from fake_devices.free_port import free_port
from gateway.web.listening import LIFE_S, MOST_OF_ONE_ADDRESS, WebServer
from tests.browser import HttpClient
from tests.until import until


async def well(_request: web.Request) -> web.Response:
    return web.Response(text="well")


async def bug(_request: web.Request) -> web.Response:
    raise ValueError("W-017")


@asynccontextmanager
async def served(life_s: float = LIFE_S) -> AsyncIterator[HttpClient]:
    application = web.Application()
    application.add_routes([web.get("/", well), web.get("/bug", bug)])
    client = HttpClient(free_port())
    server = WebServer("test", ("127.0.0.1", client.port), application, life_s=life_s)
    async with asyncio.TaskGroup() as tasks:
        job = tasks.create_task(server.run())
        await client.listens()
        yield client
        job.cancel()


async def test_a_request_that_never_ends_is_hung_up() -> None:
    async with served(life_s=0.2) as client:
        reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: 127")

        with suppress(ConnectionError):  # hung up, without a word
            assert await reader.read() == b""
        writer.close()


async def test_one_address_has_so_many_connections_and_no_more_until_one_ends() -> None:
    async with served() as client:
        held = [await asyncio.open_connection("127.0.0.1", client.port) for _ in range(MOST_OF_ONE_ADDRESS)]
        reader, one_too_many = await asyncio.open_connection("127.0.0.1", client.port)
        assert await reader.read() == b""

        for _, writer in [*held, (reader, one_too_many)]:
            writer.close()
            await writer.wait_closed()

        assert (await client.get("/")).text == "well"


async def test_a_bug_is_told_in_the_log_without_what_it_is_about_and_to_nobody_outside() -> None:
    with capture_logs() as logs:
        async with served() as client:
            answer = await client.get("/bug")

    assert (answer.status, answer.text) == (500, "failed, see the log\n")
    (told,) = [line for line in logs if line["event"] == "web answer failed"]
    assert "W-017" not in str(told)


async def test_a_port_that_is_taken_is_told_once() -> None:
    with socket.socket() as other, capture_logs() as logs:
        other.bind(("127.0.0.1", 0))
        other.listen()
        async with asyncio.TaskGroup() as tasks:
            job = tasks.create_task(WebServer("test", other.getsockname(), web.Application()).run())
            await until(lambda: logs)
            job.cancel()

    assert [(line["event"], line["why"]) for line in logs] == [("cannot listen", "Address already in use")]
