"""The gateway's box in a simulation: its daemon is started, told to end or to read its file again, and killed anywhere."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from gateway import apart, lives
from gateway.changes import Changes
from gateway.parts import Parts
from gateway.sources.ble.backends import Backends
from tests.simulation.broker import SimulatedPlatform
from tests.simulation.disk import Disk, closes_all, leads, left_behind
from tests.simulation.line import OutlivingLine
from tests.simulation.loop import Life, SimulationLoop
from tests.simulation.radio import ADAPTER, Air
from tests.simulation.story import Story
from tests.simulation.virtual_time import VirtualClock

GATEWAY = "xishan-01"
ENDS_S = 12.0  # a process that was asked to end is killed then


@dataclass
class Span:
    """From when until when something was so; `until_s`: inf as long as it is."""

    since_s: float
    until_s: float = float("inf")


@dataclass
class Settings:
    """What the technician has set; `roster`: by the address of each band its driver and wearer."""

    roster: Mapping[str, tuple[str, str]]
    duty: dict[str, object]
    mqtt: dict[str, object] = field(default_factory=dict)
    room: str = "3-201"
    max_mb: int = 64
    keep_delivered_days: int = 7


class Box:
    """`lines`: the ports by path. `air`: None: there is no radio. `down`: when no daemon was ready, `stopped`: when
    it stood still; `lives`: how many there were.
    """

    def __init__(
        self,
        folder: Path,
        loop: SimulationLoop,
        clock: VirtualClock,
        disk: Disk,
        platform: SimulatedPlatform,
        lines: Mapping[str, OutlivingLine],
        air: Air | None,
        settings: Settings,
        story: Story,
        chance: Random,
    ) -> None:
        self.down: list[Span] = []
        self.stopped: list[Span] = []
        self.lives = 0
        self.failed: list[str] = []
        self.life: Life | None = None
        self._folder, self._loop, self._clock, self._disk, self._platform = folder, loop, clock, disk, platform
        self.lines, self._air, self.settings, self._story, self._chance = lines, air, settings, story, chance
        self.data = folder / "data"
        leads(self.data, folder / "data-0")
        self._steps_left = 0
        self._stop, self._hang_ups = asyncio.Event(), Changes()
        self._task: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()
        self._stays_down = False
        self._said: dict[object, Any] = {}

    @property
    def is_up(self) -> bool:
        """Whether a daemon runs and is ready."""
        return self.ready.is_set()

    # --- its lives ---

    def start(self) -> None:
        """A new process."""
        self.writes_config()
        if not self.down or self.down[-1].until_s < float("inf"):
            self.down.append(Span(self._loop.time()))
        self.lives += 1
        self.life = life = Life()
        self._stop, self._hang_ups, self._loop.before_step = asyncio.Event(), Changes(), None
        self._task = self._loop.create_task(self._runs(life, self._stop, self._hang_ups), context=life.context)

    async def _runs(self, life: Life, stop: asyncio.Event, hang_ups: Changes) -> None:
        parts = Parts(
            clock=self._clock,
            open_port=self._open_port,
            backends=Backends(self._air.scanner) if self._air else Backends(),
            connect=self._platform.connect,
            connect_database=self._disk.connect,
            call=self._read,
        )
        try:
            await lives.run(self._folder / "gateway.toml", stop, parts=parts, ready=self._now_ready, hang_ups=hang_ups)
        except Exception as error:  # what the process would die of is what the simulation looks for
            if not life.over:
                self.failed.append(f"the daemon ended: {_innermost(error)!r}")
        if not life.over:
            life.over = True
            self._loop.in_world(0, self._ended)

    async def _read(self, name: str, *args: Any) -> Any:
        """What the files of the technician say; the same text says the same again."""
        text = (name, args, (self._folder / "gateway.toml").read_bytes())
        if text not in self._said:
            self._said[text] = await apart.call_here(name, *args)
        return self._said[text]

    def _now_ready(self) -> None:
        if not self.ready.is_set():
            self.ready.set()
            self.down[-1].until_s = self._loop.time()
            self._tell("ready", f"life {self.lives}")

    def _ended(self) -> None:
        self._gone()
        self._tell("ended")
        self._comes_again()

    def _gone(self) -> None:
        self.ready.clear()
        if self.down[-1].until_s < float("inf"):
            self.down.append(Span(self._loop.time()))
        for line in self.lines.values():
            line.reader_died()
        if self._air:
            self._air.reader_died()
        self._platform.hangs_up()

    def _comes_again(self) -> None:
        if not self._stays_down:
            self._loop.in_world(self._chance.choice((0.5, 2.0, 2.0, 30.0)), self.start)

    def _open_port(self, path: str, baud: int, parity: str) -> AbstractContextManager[int]:
        return self.lines[path].opened(path, baud, parity)

    # --- how they end ---

    def dies_after(self, steps: int) -> None:
        """Killed so many of its steps later."""
        if self._loop.before_step is None:
            self._steps_left, self._loop.before_step = steps, self._before_step

    def dies_at_next_commit(self) -> None:
        """Killed between the statements of a transaction and its commit."""
        self._disk.at_commit = lambda: self.dies("at a commit")

    def _before_step(self) -> None:
        self._steps_left -= 1
        if self._steps_left < 0:
            self.dies("between two steps")

    def dies(self, how: str, *, power: bool = True) -> None:
        """kill -9, now: what its files hold now is what the next life finds; without power, what was synced."""
        if self.life is None or self.life.over:
            return
        self._loop.before_step = self._disk.at_commit = None
        grave = left_behind(self.data, self._folder / f"data-{self.lives}")
        self.life.at_the_end.append(partial(closes_all, grave))
        if not power:
            self._disk.loses_power(self.data)
        self.goes_on()
        self._loop.abandon(self.life)
        self._gone()
        self._tell("killed", how)
        self._comes_again()

    def reboots(self, *, power: bool = True) -> None:
        """The machine, too: the next life knows no clock of this one."""
        self.dies("with the machine" if power else "without power", power=power)
        self._clock.boot = f"boot-{self.lives}"

    def stands_still(self) -> None:
        """SIGSTOP: it does nothing until it `goes_on`, and everybody else does."""
        if self.life is not None and not self.life.over:
            self._tell("stopped")
            self.stopped.append(Span(self._loop.time()))
            self._loop.hold(self.life)

    def goes_on(self) -> None:
        """SIGCONT."""
        if self.life is not None and self.life.is_held:
            self._tell("goes on")
            self.stopped[-1].until_s = self._loop.time()
            self._loop.go_on(self.life)

    def asks_to_end(self) -> None:
        """SIGTERM."""
        if self.life is None or self.life.over:
            return
        self._tell("sigterm")
        self._stop.set()
        self._loop.in_world(ENDS_S, self._dies_of_waiting, self.life)

    def _dies_of_waiting(self, life: Life) -> None:
        if not life.over:
            self.dies("after SIGTERM")

    def reads_again(self) -> None:
        """SIGHUP."""
        self.writes_config()
        self._hang_ups.happened()
        self._tell("sighup")

    async def ends(self) -> None:
        """SIGTERM, and no other life. Returns when it has ended."""
        self._stays_down = True
        await self.ready.wait()
        self._stop.set()
        assert self._task
        await self._task

    # --- its file ---

    def writes_config(self) -> None:
        """As the technician has set it now."""
        own = self.settings
        sections: list[tuple[str, Mapping[str, object]]] = [
            ("[gateway]", {"id": GATEWAY, "language": "en", "data_dir": str(self.data)}),
            ("[mqtt]", {"host": "platform.example", "tls": False, "insecure": True} | own.mqtt),
            ("[[serial]]", {"name": "hall-hub", "port": str(self._folder / "hub"), "driver": "serial-hub"}),
            ("[bluetooth]", {"adapters": [ADAPTER]} if self._air else {"enabled": False}),
            ("[store]", {"max_mb": own.max_mb, "keep_delivered_days": own.keep_delivered_days}),
            ("[duty]", {"phones_file": str(self._folder / "duty.csv")} | own.duty),
            ("[modem]", {"port": str(self._folder / "modem")}),
            *[
                ("[[wristband]]", {"address": address, "driver": driver, "wearer": wearer, "room": own.room})
                for address, (driver, wearer) in own.roster.items()
            ],
        ]
        text = "\n".join(
            f"{head}\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items()) for head, keys in sections
        )
        (self._folder / "gateway.toml").write_text(text)

    def _tell(self, kind: str, what: str = "") -> None:
        self._story.tell(self._loop.time(), kind, what)


def _innermost(error: BaseException) -> BaseException:
    return _innermost(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error
