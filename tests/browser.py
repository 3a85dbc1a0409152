"""A plain HTTP client of one request a connection, which can be told to send anything."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Mapping
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from fake_devices.patience import HANGS_S
from tests.until import until


class Answer(NamedTuple):
    """What came back: headers by small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """As text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """As JSON."""
        return json.loads(self.body)


class HttpClient:
    """Keeps the cookie that it was given, as a browser does."""

    def __init__(self, port: int) -> None:
        self.port, self.host, self.cookie = port, f"127.0.0.1:{port}", ""

    async def listens(self) -> None:
        """Returns when somebody listens there."""
        await until(lambda: _is_open(self.port))

    async def get(self, path: str, **headers: str) -> Answer:
        """GET."""
        return await self.sends("GET", path, headers)

    async def post(self, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        """POST of a form, as the page itself sends it unless `Origin` says otherwise; an empty one is left out."""
        usual = {"Origin": f"http://{self.host}", "Content-Type": "application/x-www-form-urlencoded"}
        return await self.sends("POST", path, usual | headers, urlencode(form).encode())

    async def logs_in(self, pin: str) -> Answer:
        """Gives the PIN."""
        return await self.post("/login", {"pin": pin})

    async def sends(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """One request, and the whole answer."""
        async with asyncio.timeout(HANGS_S):
            reader, writer = await self.asks(method, path, headers, body)
            try:
                answer = await _read(reader)
            finally:
                writer.close()
        if given := answer.headers.get("set-cookie"):
            self.cookie = given.partition(";")[0]
        return answer

    async def asks(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """One request; the answer is still to be read."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        everything = {"Host": self.host, "Cookie": self.cookie, "Content-Length": str(len(body))} | dict(headers)
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in everything.items() if value)]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        return reader, writer


class Stream:
    """The server-sent events of a page, as they come."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def view(self) -> Any:
        """The next one."""
        async with asyncio.timeout(HANGS_S):
            while line := await self.reader.readline():
                if found := re.match(rb"(?:[0-9a-f]+\r\n)?data: (.*)", line):
                    return json.loads(found[1])
        raise AssertionError("the stream has ended")


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.decode().strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = headers.get("content-length")
    body = await (reader.readexactly(int(length)) if length else reader.read())
    return Answer(int(status.split()[1]), headers, body)
