"""The daemon as a process: `gateway run` with a configuration of its own, which can be killed, stopped and started again."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import socket
import sys
import time
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from fake_devices.patience import HANGS_S
from tests.account import account_faults
from tests.log_watch import planted_lines
from tests.own_time import within
from tests.processes import DIES_WITH_US

PYTHON = os.environ.get("LIFERING_PYTHON", sys.executable)  # of the product alone, where figures are taken
READY_S = 20.0  # of its own time
STOP_S = 10.0  # the contract: SIGTERM ends it within ten seconds; of its own time
LOOK_EVERY_S = 0.02
GATEWAY = "g-1"
CHECKOUT = Path(__file__).parent.parent


class Band(NamedTuple):
    """A band in the roster, and whose it is."""

    address: str
    wearer: str
    room: str


def bands(count: int) -> list[Band]:
    """So many bands on a hub's own radio."""
    return [Band(f"C0:FF:EE:00:{n >> 8:02X}:{n & 255:02X}", f"W-{n:03}", f"1-{n:03}") for n in range(count)]


def configuration(
    folder: Path, *, broker_port: int, hub: Path, roster: Sequence[Band], mqtt: Mapping[str, object] | None = None
) -> str:
    """A configuration file in the contract's form; `mqtt` has more keys of that table, or others' values."""
    broker = {"host": "127.0.0.1", "port": broker_port, "version": "5", "tls": False, "insecure": True} | dict(mqtt or {})
    tables = [
        "[gateway]",
        f'id = "{GATEWAY}"\nlanguage = "en"\ndata_dir = "{folder}"',
        "[mqtt]",
        *(f"{key} = {json.dumps(value)}" for key, value in broker.items()),
        f'[[serial]]\nname = "hub"\nport = "{hub}"\ndriver = "serial-hub"',
        "[bluetooth]\nenabled = false",
    ]
    for band in roster:
        tables.append(f'[[wristband]]\naddress = "{band.address}"\ndriver = "serial-hub"')
        tables.append(f'wearer = "{band.wearer}"\nroom = "{band.room}"')
    return "\n".join([*tables, ""])


class Daemon:
    """Used as `async with Daemon(...) as daemon`; not running until `start`, ended with the block.

    `config` and `environment` may be changed before it starts. `dies_at`: the step that it does not survive, and "before" or
    "after" it, "raises": an error that nobody expects, or a signal that it gets (`tests/system/dies_at.py`); `program`: the
    module that is run, and its first arguments. At the end the account of its readings adds up, unless a test damages its
    store on purpose (`keeps_account`), or looks at its log itself (`searches_log`).
    """

    _numbers = itertools.count()

    def __init__(self, folder: Path, config: str) -> None:
        self.config_file = folder / "gateway.toml"
        self.log_file = folder / "daemon.log"
        self.config = config
        self.keeps_account = self.searches_log = True
        self.dies_at: tuple[str, str] | None = None
        self.program: Sequence[str] = ("gateway",)
        self.environment: dict[str, str] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._notify_name = f"lifering-test-{os.getpid()}-{next(self._numbers)}"

    async def __aenter__(self) -> Self:
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notify.bind(f"\0{self._notify_name}")
        self._notify.setblocking(False)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.kill()
        self._notify.close()
        if error is None and self.searches_log:
            leaks = planted_lines(self.log_file)
            assert not leaks, f"something of a person stands in the log: {leaks[:3]}"
        if error is None and self.keeps_account:
            assert account_faults(self.data) == [], "the account of the readings does not add up"

    @property
    def data(self) -> Path:
        """The data folder, as its configuration names it."""
        return Path(tomllib.loads(self.config)["gateway"]["data_dir"])

    @property
    def pid(self) -> int:
        """The process, while it runs."""
        assert self._process, "the daemon is not running"
        return self._process.pid

    async def start(self) -> float:
        """It has said READY=1 when this returns. Returns the seconds that took; raises AssertionError when it ended instead."""
        begun = time.monotonic()
        self.config_file.write_text(self.config)
        with self.log_file.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(*DIES_WITH_US, PYTHON, "-m", *self._program(), "run", "--config", str(self.config_file)),
                cwd=CHECKOUT,
                env=os.environ | {"NOTIFY_SOCKET": f"@{self._notify_name}"} | self.environment,
                stdout=log,
                stderr=log,
            )
        await within(READY_S, self.pid, self.says("READY=1"))
        return time.monotonic() - begun

    def _program(self) -> Sequence[str]:
        return ["tests.system.dies_at", *self.dies_at] if self.dies_at else self.program

    async def dies(self, limit_s: float = 30) -> None:
        """Returns when it is dead, by itself, within so much time of its own. Raises TimeoutError."""
        assert self._process
        await within(limit_s, self._process.pid, self._process.wait())

    async def says(self, state: str) -> None:
        """Returns when it has told systemd this. Raises AssertionError with the end of its log when it ends instead."""
        assert self._process
        ended = asyncio.create_task(self._process.wait())
        try:
            while True:
                told = asyncio.create_task(asyncio.get_running_loop().sock_recv(self._notify, 4096))
                await asyncio.wait({told, ended}, return_when=asyncio.FIRST_COMPLETED)
                if not told.done():
                    told.cancel()
                    raise AssertionError(f"the daemon ended by itself: {self.log_tail()}")
                if state in told.result().decode().splitlines():
                    return
        finally:
            ended.cancel()

    async def has_opened(self, port: Path) -> None:
        """Returns when it holds this serial port; what is written before that may be flushed. Raises TimeoutError."""

        async def holds() -> None:
            while not _holds(self.pid, port):  # noqa: ASYNC110 (nothing tells of a file that another process opens)
                await asyncio.sleep(LOOK_EVERY_S)

        await within(READY_S, self.pid, holds())

    async def kill(self) -> None:
        """kill -9."""
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        self._process = None

    async def stop(self) -> int:
        """SIGTERM. Returns the exit code; raises TimeoutError after ten seconds of its own time."""
        assert self._process
        self._process.terminate()
        code = await within(STOP_S, self.pid, self._process.wait())
        self._process = None
        return code

    def reload(self) -> None:
        """SIGHUP, with the configuration as it is now."""
        self.config_file.write_text(self.config)
        os.kill(self.pid, signal.SIGHUP)

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.returncode is None

    async def logs(self, event: str, limit_s: float = HANGS_S, *, times: int = 1) -> dict[str, Any]:
        """The line of its log that has this event for the first time, or so many times; waits for it. Raises TimeoutError."""
        async with asyncio.timeout(limit_s):
            while len(found := [line for line in self.log() if line["event"] == event]) < times:  # noqa: ASYNC110
                await asyncio.sleep(LOOK_EVERY_S)  # nothing tells of a line that another process writes
        return found[times - 1]

    def log(self) -> list[dict[str, Any]]:
        """Its log so far, a line an event; what is no JSON (a traceback) stands under `event`."""
        return [_parsed(line) for line in self.log_file.read_text().splitlines()]

    def log_tail(self) -> str:
        """The end of its log, for people."""
        return self.log_file.read_text()[-2000:]


def _holds(pid: int, port: Path) -> bool:
    device = port.resolve()
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # it was closed meanwhile
            if fd.resolve() == device:
                return True
    return False


def _parsed(line: str) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = json.loads(line)
    except ValueError:
        return {"event": line}
    return parsed
