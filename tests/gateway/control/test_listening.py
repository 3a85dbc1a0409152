"""The control socket answers whoever may ask, and nobody who asks can harm the gateway."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import socket
import stat
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from fake_devices.patience import HANGS_S
from gateway.cli.running_gateway import Declined, NotRunning, connected
from gateway.commands import Command, Reply
from gateway.control.listening import LINE_BYTES, MOST_CLIENTS, Args, ControlSocket, Line, Lines
from gateway.control.protocol import path_to_listen_at, short_name
from gateway.errors import StoreBroken
from tests.gateway.standing import Stands

ASK = """
import os, pwd, socket, sys
os.setuid(pwd.getpwnam("nobody").pw_uid)
line = socket.socket(socket.AF_UNIX)
line.connect(sys.argv[1])
line.sendall(b'{"verb":"status"}\\n')
print(line.makefile().readline())
"""
NO_REQUEST = 'no request: one JSON object a line, {"verb": "...", "args": {}}'


@dataclass
class Router:
    """Answers `acknowledge`, and knows no other command."""

    asked: list[Command] = field(default_factory=list)

    async def answer(self, command: Command) -> Reply:
        self.asked.append(command)
        if command.verb == "acknowledge":
            return Reply(id=command.id, verb=command.verb, status="done", result={"workflow": "acknowledged"})
        if command.verb == "notify":
            return Reply(id=command.id, verb=command.verb, status="accepted")
        return Reply(id=command.id, verb=command.verb, status="rejected", reason="unknown verb")

    async def last(self, reply: Reply) -> Reply:
        return Reply(id=reply.id, verb=reply.verb, status="failed", reason="unreachable")


@dataclass
class Client:
    """A connection, and what comes over it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def says(self, line: str | bytes) -> None:
        self.writer.write((line if isinstance(line, bytes) else line.encode()) + b"\n")
        await self.writer.drain()

    async def hears(self) -> Any:
        """The next line; None: hung up."""
        line = await self.reader.readline()
        return json.loads(line) if line else None

    async def asks(self, verb: str, **args: object) -> Any:
        await self.says(json.dumps({"verb": verb, "args": args}))
        return await self.hears()


class Served:
    """A gateway's control socket, and what came of its verbs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "control"
        self.router = Router()
        self.ended: list[str] = []
        self.asked: list[str] = []
        self.clients: list[Client] = []
        self.begun, self.waits = asyncio.Event(), asyncio.Event()

    async def status(self, args: Args, actor: str) -> Line:
        self.asked.append(str(args.get("of")))
        return {"running": True, "asked_by": actor, "args": args}

    async def export(self, args: Args, actor: str) -> Lines:
        return self.lines(int(str(args.get("n", 3))), str(args.get("pad", "")))

    async def lines(self, n: int, pad: str) -> Lines:
        try:
            for number in range(n):
                yield {"number": number, "pad": pad}
        finally:
            self.ended.append("export")

    async def endless(self, args: Args, actor: str) -> Lines:
        return self.lines(10**9, "x" * 60_000)

    async def breaks(self, args: Args, actor: str) -> Line:
        raise StoreBroken("full")

    async def half(self, args: Args, actor: str) -> Lines:
        return self.one_and_then_none()

    async def one_and_then_none(self) -> Lines:
        yield {"number": 0}
        raise StoreBroken("corrupt")

    async def bug(self, args: Args, actor: str) -> Line:
        return {"value": 1 / int(str(args.get("by", 0)))}

    async def no_text(self, args: Args, actor: str) -> Line:
        return {"file": "\udcff"}

    async def slow(self, args: Args, actor: str) -> Line:
        self.begun.set()
        await self.waits.wait()
        return {}

    def control(self, **limits: float) -> ControlSocket:
        names = ("status", "export", "endless", "breaks", "half", "bug", "no_text", "slow")
        verbs = {name: getattr(self, name) for name in names}
        return ControlSocket(self.path, verbs, self.router, data_dir=self.folder, **limits)

    @asynccontextmanager
    async def running(self, **limits: float) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(self.control(**limits).run())
            await self.listens()
            try:
                yield
            finally:
                task.cancel()
                for client in self.clients:
                    client.writer.transport.abort()
                await asyncio.sleep(0)

    async def listens(self) -> None:
        async with asyncio.timeout(HANGS_S):
            while True:
                try:
                    with socket.socket(socket.AF_UNIX) as probe, short_name(self.path) as name:
                        probe.connect(name)
                        return
                except (FileNotFoundError, ConnectionRefusedError):
                    await asyncio.sleep(0)

    async def client(self) -> Client:
        with short_name(self.path) as name:
            self.clients.append(Client(*await asyncio.open_unix_connection(name, limit=2**22)))
        return self.clients[-1]


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    served = Served(tmp_path)
    async with served.running():
        yield served


# --- what is asked, and what is answered ---------------------------------------------------------------------------------


async def test_one_object_is_answered_in_one_line(served: Served) -> None:
    client = await served.client()

    assert await client.asks("status", wearer="W-1") == {
        "running": True,
        "asked_by": getpass.getuser(),
        "args": {"wearer": "W-1"},
        "done": True,
    }


async def test_many_objects_come_line_by_line_and_then_the_end(served: Served) -> None:
    client = await served.client()

    await client.says('{"verb":"export"}')

    assert [await client.hears() for _ in range(4)] == [*({"number": n, "pad": ""} for n in range(3)), {"done": True}]


async def test_what_is_no_verb_of_the_socket_is_a_command_of_this_user(served: Served) -> None:
    client = await served.client()

    answer = await client.asks("acknowledge", alert="g-1/1/A4")

    (command,) = served.router.asked
    assert (command.verb, command.args, command.actor) == ("acknowledge", {"alert": "g-1/1/A4"}, getpass.getuser())
    assert answer == {
        "id": command.id,
        "verb": "acknowledge",
        "status": "done",
        "result": {"workflow": "acknowledged"},
        "done": True,
    }


async def test_the_same_command_twice_is_two_commands(served: Served) -> None:
    client = await served.client()

    first, second = await client.asks("acknowledge"), await client.asks("acknowledge")

    assert first["id"] != second["id"]


async def test_a_rejected_command_is_an_error(served: Served) -> None:
    client = await served.client()

    answer = await client.asks("fly")

    assert (answer["status"], answer["error"], answer["done"]) == ("rejected", "unknown verb", True)


async def test_what_goes_wrong_is_told_and_the_connection_stays(served: Served) -> None:
    client = await served.client()

    broken = await client.asks("breaks")
    await client.says('{"verb":"half"}')
    half = [await client.hears(), await client.hears()]
    bug = await client.asks("bug")

    assert broken == {"done": True, "error": "full"}
    assert half == [{"number": 0}, {"done": True, "error": "corrupt"}]
    assert bug == {"done": True, "error": "failed, see the log"}
    assert (await client.asks("status"))["running"]


async def test_a_question_to_another_gateway_is_not_answered(served: Served, tmp_path: Path) -> None:
    client = await served.client()

    await client.says('{"verb":"status","data_dir":"/var/lib/another"}')

    assert await client.hears() == {"done": True, "error": "other gateway"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
async def test_the_actor_is_the_user_who_asks_whoever_that_is(served: Served) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101 (its other way is no better here)
        served.path = Path(folder) / "control"
        async with served.running():
            served.path.chmod(0o666)
            asking = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", ASK, str(served.path)), stdout=asyncio.subprocess.PIPE
            )
            answer, _ = await asking.communicate()

    assert json.loads(answer)["asked_by"] == "nobody"


# --- nothing harms it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "garbage",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"status", id="a word"),
        pytest.param(b"\xff\xfe\x00\x80", id="no text"),
        pytest.param(b'{"verb":"\xff"}', id="no text as verb"),
        pytest.param(b'{"verb":"status","args":{"\xff":1}}', id="no text as the name of an argument"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"verb":"status"', id="half an object"),
        pytest.param(b'{"verb":7}', id="a number as verb"),
        pytest.param(b'{"verb":"status","args":[]}', id="a list as arguments"),
        pytest.param(b'{"args":{}}', id="no verb"),
        pytest.param(b'{"verb":"status","args":' + b'{"a":' * 10_000 + b"}" * 10_000 + b"}", id="too deep"),
        pytest.param(b'{"verb":"status","args":{"a":"' + b"x" * LINE_BYTES + b'"}}', id="too long"),
        pytest.param(b"x" * (5 * LINE_BYTES), id="far too long"),
    ],
)
async def test_what_is_no_request_is_answered_so_and_the_connection_stays(served: Served, garbage: bytes) -> None:
    client = await served.client()

    await client.says(garbage)

    assert await client.hears() == {"done": True, "error": NO_REQUEST}
    assert (await client.asks("status"))["running"]


async def test_an_answer_that_cannot_be_said_costs_its_connection_and_nothing_else(served: Served) -> None:
    client = await served.client()

    assert await client.asks("no_text") is None
    assert (await (await served.client()).asks("status"))["running"]


async def test_a_line_of_64_kb_is_read(served: Served) -> None:
    client = await served.client()
    around = len('{"verb":"status","args":{"a":""}}')

    await client.says('{"verb":"status","args":{"a":"' + "x" * (LINE_BYTES - around) + '"}}')

    assert (await client.hears())["running"]


async def test_a_line_may_come_in_pieces(served: Served) -> None:
    client = await served.client()

    for piece in (b'{"ver', b'b":"sta', b'tus"}\n'):
        client.writer.write(piece)
        await client.writer.drain()

    assert (await client.hears())["running"]


async def test_a_client_that_hangs_up_within_a_line_leaves_nothing_behind(served: Served) -> None:
    for _ in range(MOST_CLIENTS + 1):
        client = await served.client()
        client.writer.write(b'{"verb":')
        client.writer.write_eof()
        assert await client.hears() == {"done": True, "error": NO_REQUEST}
        assert await client.hears() is None

    assert (await (await served.client()).asks("status"))["running"]


async def test_fifty_clients_are_all_answered(served: Served) -> None:
    clients = [await served.client() for _ in range(50)]

    answers = await asyncio.gather(*(client.asks("status") for client in clients))

    assert all(answer["running"] for answer in answers)


async def test_the_sixty_fifth_is_told_that_it_is_busy_and_a_place_becomes_free_again(served: Served) -> None:
    clients = [await served.client() for _ in range(MOST_CLIENTS)]
    assert all([(await client.asks("status"))["running"] for client in clients])

    one_more = await served.client()
    busy = [await one_more.hears(), await one_more.hears()]
    clients[0].writer.write_eof()
    assert await clients[0].hears() is None

    assert busy == [{"done": True, "error": "busy"}, None]
    assert (await (await served.client()).asks("status"))["running"]


@pytest.mark.fault(
    "people and commands", "a client of the control socket that never reads", promise="slows nobody, and is hung up"
)
async def test_a_client_that_never_reads_slows_nobody_and_is_hung_up(tmp_path: Path) -> None:
    served = Served(tmp_path)
    async with served.running(slow_s=0.2):
        deaf, other = await served.client(), await served.client()
        deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await deaf.says('{"verb":"endless"}')

        answers = [await other.asks("status") for _ in range(20)]
        async with asyncio.timeout(HANGS_S):
            while not served.ended:
                answers.append(await other.asks("status"))

    assert all(answer["running"] for answer in answers)
    assert served.ended == ["export"]


async def test_one_who_asks_for_much_slows_nobody(served: Served) -> None:
    much, other = await served.client(), await served.client()
    await much.says(json.dumps({"verb": "export", "args": {"n": 100_000}}))

    await other.asks("status")

    assert served.ended == []  # the many lines are still under way
    much.writer.close()


async def test_a_flood_of_questions_is_answered_in_turn_with_those_of_others(served: Served) -> None:
    flood, other = await served.client(), await served.client()
    flood.writer.write(b'{"verb":"status","args":{"of":"flood"}}\n' * 150)  # so few that the kernel takes all answers

    await other.asks("status", of="other")

    assert "other" in served.asked
    assert len(served.asked) < 150


@pytest.mark.fault("people and commands", "a flood of garbage at the control socket", promise="slows nobody")
async def test_a_flood_of_garbage_slows_nobody(served: Served) -> None:
    flood, other = await served.client(), await served.client()
    flood.writer.write(b"\n" * 20_000)
    answers: list[str] = []

    async def reads_all() -> None:
        for _ in range(20_000):
            await flood.reader.readline()
        answers.append("flood")

    async def asks() -> None:
        await other.asks("status")
        answers.append("status")

    await asyncio.gather(reads_all(), asks())

    assert answers == ["status", "flood"]


async def test_an_idle_client_is_hung_up(tmp_path: Path) -> None:
    served = Served(tmp_path)
    async with served.running(idle_s=0.05):
        client = await served.client()

        assert await client.hears() is None


@pytest.mark.fault("process", "it stands while somebody asks at the control socket", promise="answered when it goes on")
async def test_what_was_asked_while_we_stood_still_is_answered(tmp_path: Path, stands: Stands) -> None:
    served = Served(tmp_path)
    async with served.running():
        client = await served.client()
        await client.asks("status")

        client.writer.write(b'{"verb":"status"}\n')
        stands(600)

        assert (await client.hears())["running"]


async def test_one_that_waits_for_its_answer_is_not_idle(tmp_path: Path) -> None:
    served = Served(tmp_path)
    async with served.running(idle_s=0.05):
        waiting, idle = await served.client(), await served.client()
        await waiting.says('{"verb":"slow"}')
        assert await idle.hears() is None
        served.waits.set()

        assert await waiting.hears() == {"done": True}


# --- the socket file -----------------------------------------------------------------------------------------------------


async def test_only_its_user_and_its_group_may_ask(served: Served) -> None:
    assert stat.S_IMODE(served.path.stat().st_mode) == 0o660


async def test_a_socket_that_a_dead_process_left_is_replaced(tmp_path: Path) -> None:
    served = Served(tmp_path)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(served.path))

    async with served.running():
        assert (await (await served.client()).asks("status"))["running"]


async def test_the_socket_of_a_living_process_is_left_alone(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    await Served(served.folder).control().run()

    assert "no control socket" in capsys.readouterr().out
    assert (await (await served.client()).asks("status"))["running"]


async def test_what_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "control").write_text("a letter")

    await Served(tmp_path).control().run()

    assert (tmp_path / "control").read_text() == "a letter"


async def test_without_its_folder_the_gateway_does_without(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await Served(tmp_path / "gone").control().run()

    assert "no control socket" in capsys.readouterr().out


async def test_when_it_ends_the_socket_is_gone(tmp_path: Path) -> None:
    served = Served(tmp_path)
    async with served.running():
        pass

    assert not served.path.exists()


async def test_a_path_longer_than_the_kernel_takes_is_no_hindrance(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    folder.mkdir()
    served = Served(folder)

    async with served.running():
        assert (await (await served.client()).asks("status"))["running"]


def test_it_is_in_the_runtime_folder_of_systemd_else_in_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    alone = path_to_listen_at(tmp_path)
    monkeypatch.setenv("RUNTIME_DIRECTORY", "/run/lifering")

    assert (alone, path_to_listen_at(tmp_path)) == (tmp_path / "control", Path("/run/lifering/control"))


# --- the other side: the verbs of the command line -----------------------------------------------------------------------


def ask(data_dir: Path, verb: str, args: Args | None = None) -> list[Any]:
    with connected(data_dir) as gateway:
        return list(gateway.ask(verb, args))


async def asked(data_dir: Path, verb: str, args: Args | None = None) -> Sequence[Any]:
    return await asyncio.to_thread(ask, data_dir, verb, args)


async def test_a_verb_of_the_command_line_gets_its_answer(served: Served) -> None:
    (status,) = await asked(served.folder, "status")
    lines = await asked(served.folder, "export", {"n": 2})

    assert status["running"]
    assert [line["number"] for line in lines] == [0, 1]


async def test_a_verb_of_the_command_line_is_told_why_not(served: Served) -> None:
    with pytest.raises(Declined, match="full"):
        await asked(served.folder, "breaks")


async def test_where_no_gateway_runs_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotRunning):
        await asked(tmp_path, "status")


async def test_the_gateway_of_another_configuration_is_not_asked(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(served.folder))
    another = tmp_path / "another"
    another.mkdir()

    assert (await asked(served.folder, "status"))[0]["running"]
    with pytest.raises(NotRunning):
        await asked(another, "status")


async def test_a_gateway_that_ends_while_it_is_asked_has_not_answered(tmp_path: Path) -> None:
    served = Served(tmp_path)
    async with served.running():
        question = asyncio.get_running_loop().run_in_executor(None, ask, tmp_path, "slow")
        await served.begun.wait()

    with pytest.raises(NotRunning):
        await question
