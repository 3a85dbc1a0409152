"""The control socket: scripts and the verbs of the command line ask the running gateway here (docs/control-socket.md).

    {"verb": "status", "args": {}}                          one JSON object a line
    {"running": true, ..., "done": true}                    answered by one or more, the last with `done`
    {"done": true, "error": "unknown verb"}                 and with `error` where it went wrong

Whoever asks, and however: nobody waits for them, and nothing that they send harms the gateway.
"""

from __future__ import annotations

import asyncio
import errno
import grp
import os
import pwd
import secrets
import socket
import stat
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, aclosing, contextmanager, suppress
from pathlib import Path
from typing import Annotated, Protocol

import msgspec
import structlog
from msgspec import Meta, Struct

from gateway.awake import awake_timeout
from gateway.commands import Command, Reply
from gateway.control.protocol import FAILED, HELLO, OTHER_GATEWAY, short_name
from gateway.driver_bugs import whereabouts
from gateway.errors import LiferingError
from gateway.formats.native_down import LONGEST_VERB

log = structlog.get_logger()

Args = Mapping[str, object]
Line = Mapping[str, object]
Lines = AsyncGenerator[Line, None]
Verb = Callable[[Args, str], Awaitable[Line | Lines]]

LINE_BYTES = 65_536
MOST_CLIENTS = 64
IDLE_S = 60.0
SLOW_S = 10.0  # who has not taken a line of an answer by then is hung up
GROUP = "lifering"
NO_REQUEST = 'no request: one JSON object a line, {"verb": "...", "args": {}}'


class Commands(Protocol):
    """The router of commands: it answers every verb that is none of the socket's own."""

    async def answer(self, command: Command) -> Reply:
        """What came of it, or that it was begun."""
        ...

    async def last(self, reply: Reply) -> Reply:
        """What came of what was begun."""
        ...


class Request(Struct, frozen=True):
    """What is asked. `data_dir`: that of the gateway that is meant, where the one who asks knows it."""

    verb: Annotated[str, Meta(max_length=LONGEST_VERB)]
    args: dict[str, object] = {}
    data_dir: str | None = None


_request = msgspec.json.Decoder(Request).decode
_encode = msgspec.json.Encoder().encode


def read_request(line: bytes) -> Request | None:
    """What a line asks; None: it is no request."""
    try:
        return _request(line)
    except (ValueError, RecursionError):  # msgspec.DecodeError is one, UnicodeDecodeError too
        return None


class ControlSocket:
    """`run()` it in a task of its own.

    `verbs`: name -> what answers it, from the arguments and the name of the user who asks: one object, or lines one after
    another (an async generator, which is closed when the client hangs up). What it raises as LiferingError is the answer's
    `error`.
    """

    def __init__(
        self,
        path: Path,
        verbs: Mapping[str, Verb],
        commands: Commands,
        *,
        data_dir: Path,
        idle_s: float = IDLE_S,
        slow_s: float = SLOW_S,
    ) -> None:
        self._path = path
        self._verbs = {HELLO: _hello, **verbs}
        self._commands = commands
        self._data_dir = data_dir.resolve()
        self._idle_s = idle_s
        self._slow_s = slow_s
        self._clients = 0

    async def run(self) -> None:
        """Listens until it is cancelled. Where it cannot, the log says why, and the gateway does without."""
        with ExitStack() as stack:
            try:
                listener = stack.enter_context(listening(self._path))
            except OSError as error:
                log.error("no control socket", path=str(self._path), why=error.strerror or str(error))
                return
            await self._accept(listener)

    async def _accept(self, listener: socket.socket) -> None:
        async with asyncio.TaskGroup() as clients:

            def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                clients.create_task(self._client(reader, writer), name="control client")

            server = await asyncio.start_unix_server(accept, sock=listener, limit=LINE_BYTES)
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                server.close()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients += 1
        writer.transport.set_write_buffer_limits(high=0)  # drain: until the kernel has it all
        try:
            if self._clients > MOST_CLIENTS:
                await self._say(writer, {"done": True, "error": "busy"})
            else:
                await self._serve(reader, writer)
            writer.close()
        except OSError as why:  # too slow or idle (TimeoutError), or gone
            log.debug("control client hung up", why=repr(why))
        except Exception as bug:  # an answer that is no text, say: it must not silence the bands
            log.error("control verb failed", verb="", why=whereabouts(bug))
        finally:
            self._clients -= 1
            if not writer.is_closing():
                writer.transport.abort()  # what it has not read, it does not get

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        actor = user_of(writer.get_extra_info("socket"))
        while line := await self._next_line(reader):
            async with aclosing(self._answer(line, actor)) as answers:
                async for answer in answers:
                    await self._say(writer, answer)

    async def _next_line(self, reader: asyncio.StreamReader) -> bytes:
        """b"": the client has ended."""
        async with awake_timeout(self._idle_s):
            try:
                return await reader.readuntil(b"\n")
            except asyncio.IncompleteReadError as end:
                return end.partial
            except asyncio.LimitOverrunError as over:
                await _skip_line(reader, over.consumed)
                return b"\n"  # too long, as little a request as an empty one

    async def _say(self, writer: asyncio.StreamWriter, answer: Line) -> None:
        writer.write(_encode(answer) + b"\n")
        async with awake_timeout(self._slow_s):
            await writer.drain()
        await asyncio.sleep(0)  # drain alone lets nobody else run while the kernel takes all

    # --- what is answered ---------------------------------------------------------------------------------------------

    async def _answer(self, line: bytes, actor: str) -> Lines:
        request = read_request(line)
        if request is None:
            yield {"done": True, "error": NO_REQUEST}
            return
        try:
            async with aclosing(self._lines(request, actor)) as lines:
                async for answer in lines:
                    yield answer
        except LiferingError as error:
            yield {"done": True, "error": str(error)}
        except Exception as bug:  # a question must not silence the bands
            log.error("control verb failed", verb=request.verb[:40], why=whereabouts(bug))
            yield {"done": True, "error": FAILED}

    async def _lines(self, request: Request, actor: str) -> Lines:
        if request.data_dir is not None and Path(request.data_dir) != self._data_dir:
            yield {"done": True, "error": OTHER_GATEWAY}
            return
        verb = self._verbs.get(request.verb, self._command(request.verb))
        answer = await verb(request.args, actor)
        if isinstance(answer, Mapping):
            yield {**answer, "done": True}
            return
        line: Line = {}
        async with aclosing(answer):
            async for line in answer:
                yield line
        if not line.get("done"):
            yield {"done": True}

    def _command(self, verb: str) -> Verb:
        async def ask(args: Args, actor: str) -> Line | Lines:
            reply = await self._commands.answer(Command(id=_fresh_id(), verb=verb, args=args, actor=actor, here=True))
            return self._both_replies(reply) if reply.status == "accepted" else reply_line(reply)

        return ask

    async def _both_replies(self, reply: Reply) -> Lines:
        """Of what takes longer: that it was begun, and what came of it."""
        yield reply_line(reply)
        yield {**reply_line(await self._commands.last(reply)), "done": True}


async def _hello(_args: Args, _actor: str) -> Line:
    return {}


def reply_line(reply: Reply) -> Line:
    """The answer to a command, with `error` where nothing came of it."""
    line: dict[str, object] = {"id": reply.id, "verb": reply.verb, "status": reply.status}
    if reply.reason:
        line["reason"] = reply.reason
    if reply.result:
        line["result"] = reply.result
    if reply.status in ("rejected", "failed"):
        line["error"] = reply.reason or reply.status
    return line


def _fresh_id() -> str:
    return f"control-{secrets.token_hex(8)}"


async def _skip_line(reader: asyncio.StreamReader, consumed: int) -> None:
    """Drop the rest of a line that is too long."""
    while True:
        await reader.readexactly(consumed)
        try:
            await reader.readuntil(b"\n")
        except asyncio.LimitOverrunError as over:
            consumed = over.consumed
        except asyncio.IncompleteReadError:
            return
        else:
            return


# --- the socket itself ------------------------------------------------------------------------------------------------


@contextmanager
def listening(path: Path) -> Iterator[socket.socket]:
    """A socket at this path, mode 0660, of the group lifering where there is one; in place of one that a dead process left.

    Raises OSError, also where a living process listens there.
    """
    with short_name(path) as name, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as listener:
        if _is_left_over(path, name):
            path.unlink()
        listener.bind(name)
        try:
            path.chmod(0o660)
            with suppress(LookupError, PermissionError):  # no such group; not root, and no member of it
                os.chown(path, -1, grp.getgrnam(GROUP).gr_gid)
            listener.listen()
            yield listener
        finally:
            with suppress(OSError):  # its folder may be gone
                path.unlink()


def _is_left_over(path: Path, name: str) -> bool:
    """Whether this is a socket at which nobody listens any more."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            return False
    except FileNotFoundError:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as probe:
        return probe.connect_ex(name) == errno.ECONNREFUSED


def user_of(connection: socket.socket) -> str:
    """Who is at the other end: the name of the user, else the number (SO_PEERCRED, unix(7))."""
    size = struct.calcsize("3i")
    _, uid, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
