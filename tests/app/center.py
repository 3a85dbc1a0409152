"""A whole community center on a virtual clock: the composed application, a hub, the air, and the platform in memory.

What is real: the application with every job it starts, drivers, rules, SQLite files. What stands in: time, the radio, the wire
of the serial line and of MQTT.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from fake_devices.ble_link.adapter import opened_adapter
from fake_devices.ble_link.air import Air
from fake_devices.ble_link.backends import backends
from fake_devices.consumer import Message
from fake_devices.serial_hub import FakeHub
from gateway import lives
from gateway.changes import Changes
from gateway.parts import Parts
from gateway.sources.ble.backends import Backends
from gateway.sources.recording import Recording
from tests.account import account_faults
from tests.app.disk import Disk
from tests.app.memory_platform import MemoryPlatform
from tests.simulation.socket_line import SocketLine
from tests.simulation.virtual_time import VirtualClock

T = TypeVar("T")

GATEWAY = "xishan-01"
HUB_BAND, OTHER_BAND = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02"
PENDANT = "54:48:E6:8F:80:A5"
LOOK_EVERY_S = 0.05
LOOK_AGAIN = (
    0.01  # what has been waited for a long time is looked at after this part of it: each look costs, also in virtual time
)


@dataclass
class Band:
    """One line of the roster."""

    address: str
    driver: str
    wearer: str
    room: str


ROSTER = (
    Band(HUB_BAND, "serial-hub", "W-001", "3-201"),
    Band(OTHER_BAND, "serial-hub", "W-002", "3-202"),
    Band(PENDANT, "bthome", "W-003", "3-203"),
)


class SocketHub(FakeHub):
    """A hub whose line is a socket pair."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.line = SocketLine(path, self._hear)

    @property
    def opened(self) -> SocketLine:
        """As the gateway opens it."""
        assert isinstance(self.line, SocketLine)
        return self.line


@dataclass
class Center:
    """Its verbs are those of a test. `tables`: more of the configuration, as TOML."""

    folder: Path
    hub: SocketHub
    air: Air
    platform: MemoryPlatform
    clock: VirtualClock
    adapter: str
    backends: Backends
    roster: list[Band] = field(default_factory=lambda: [replace(band) for band in ROSTER])
    mqtt: dict[str, object] = field(default_factory=dict)
    store: dict[str, object] = field(default_factory=dict)
    language: str = "en"
    folder_of_data: Path | None = None
    tables: str = ""
    hang_ups: Changes = field(default_factory=Changes)
    disk: Disk = field(default_factory=Disk)
    others: dict[str, SocketLine] = field(default_factory=dict)
    recording: Recording | None = None
    play: Path | None = None
    keeps_account: bool = True

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "gateway.toml"

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder_of_data or self.folder / "data"

    def writes_config(self) -> None:
        """As the technician has set it now."""
        sections: list[tuple[str, Mapping[str, object]]] = [
            ("[gateway]", {"id": GATEWAY, "language": self.language, "data_dir": str(self.data)}),
            ("[mqtt]", {"host": "platform.example", "tls": False, "insecure": True} | self.mqtt),
            ("[[serial]]", {"name": "hall-hub", "port": str(self.hub.line.path), "driver": "serial-hub"}),
            ("[bluetooth]", {"adapters": [self.adapter]}),
            *([("[store]", self.store)] if self.store else []),
            *[("[[wristband]]", vars(band)) for band in self.roster],
        ]
        lines = [
            f"{head}\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in keys.items()) for head, keys in sections
        ]
        self.config.write_text("\n".join([*lines, self.tables, ""]))

    @asynccontextmanager
    async def runs(self) -> AsyncIterator[None]:
        """The gateway runs, and is ready; when the block ends it is stopped in peace, and the account of its readings adds up
        (`keeps_account`: unless a test takes its disk away)."""
        self.writes_config()
        stop, ready = asyncio.Event(), asyncio.Event()
        parts = Parts(
            clock=self.clock,
            backends=self.backends,
            open_port=self._open_port,
            connect=self.platform.connect,
            connect_database=self.disk.connect,
            recording=self.recording,
            play=self.play,
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(lives.run(self.config, stop, parts=parts, ready=ready.set, hang_ups=self.hang_ups))
            await ready.wait()
            try:
                yield
            finally:
                stop.set()
        if self.keeps_account:
            assert account_faults(self.data) == []

    def _open_port(self, path: str, baud: int, parity: str) -> AbstractContextManager[int]:
        return self.others.get(path, self.hub.opened).opened(path, baud, parity)

    def plugs_in(self, name: str) -> SocketLine:
        """Another device at a port of its own: what it says is written to this line."""
        line = SocketLine(self.folder / name, lambda _: None)
        line.plug_in()
        self.others[str(line.path)] = line
        return line

    async def comes(self, found: Callable[[], T], within_s: float = 30) -> T:
        """What is found once it is true. Raises TimeoutError after so many virtual seconds."""
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        async with asyncio.timeout(within_s):
            while not (result := found()):  # noqa: ASYNC110 (what is looked at has no event)
                await asyncio.sleep(max(LOOK_EVERY_S, LOOK_AGAIN * (loop.time() - begun_s)))
            return result

    async def alert(self, event: str = "raised", within_s: float = 30, **fields: object) -> Message:
        """The first event at the platform with these fields."""
        wanted = {"event": event} | fields

        def first() -> Message | None:
            return next((one for one in self.platform.consumer.events.values() if wanted.items() <= one.items()), None)

        found = await self.comes(first, within_s)
        assert found
        return found

    def events(self, **fields: object) -> list[Message]:
        """All events at the platform with these fields."""
        return [one for one in self.platform.consumer.events.values() if fields.items() <= one.items()]

    async def reply(self, command: str, within_s: float = 30) -> Message:
        """The answer to a command."""
        replies = self.platform.consumer.replies
        return (await self.comes(lambda: replies.get(command), within_s) or [])[0]


@asynccontextmanager
async def center(folder: Path) -> AsyncIterator[Center]:
    """Everything but the gateway is there."""
    air = Air()
    async with opened_adapter(air) as adapter, SocketHub(folder / "hub") as hub:
        yield Center(
            folder,
            hub,
            air,
            MemoryPlatform(GATEWAY),
            VirtualClock(),
            adapter.name,
            Backends(*backends(adapter)),
        )
