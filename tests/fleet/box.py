"""The gateway's box in the fleet: its daemon is killed, asked to end and started again, and asked how its bands are."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

from gateway.cli.running_gateway import Declined, NotRunning, connected
from tests.daemon import Daemon
from tests.fleet.press import Span
from tests.fleet.way import Draws, Fault, Way
from tests.log_watch import planted_lines

ASKED_EVERY_S = 3.0
STAYS_AWAY_S = 4.0


class Box:
    """`down`: when no daemon was ready. `answers`: from when to when each question lasted that was answered."""

    def __init__(self, daemon: Daemon, ways: Sequence[Way]) -> None:
        self.daemon = daemon
        self.down: list[Span] = []
        self.starts = self.kills = 0
        self.faults_found: list[str] = []
        self.answers: list[Span] = []
        self._ways = ways
        self._of_lives: list[dict[str, Any]] = []

    async def starts_daemon(self) -> None:
        """It is ready, and hears by every way, when this returns."""
        loop = asyncio.get_running_loop()
        if not self.down or self.down[-1].until_s < loop.time():
            self.down.append(Span(loop.time()))
        await self.daemon.start()
        self.starts += 1
        self._of_lives.append({})
        for way in self._ways:
            await way.daemon_is_back()
        self.down[-1].until_s = loop.time()

    async def ends_daemon(self) -> None:
        """SIGTERM."""
        await self._asks()
        code = await self.daemon.stop()
        if code:
            self.faults_found.append(f"the daemon ended with {code}")
        self._is_dead()

    @property
    def faults(self) -> dict[str, Fault]:
        """What happens to a process."""
        return {
            "kill -9 of the daemon": self._is_killed,
            "SIGTERM of the daemon": self._is_ended,
            "SIGHUP of the daemon": self._reads_again,
        }

    def complaints(self) -> list[str]:
        """What its log has that must not be: that it gave up, what is no line of a log, what is of a person."""
        given_up = [line["event"] for line in self.daemon.log() if line.get("level", "critical") == "critical"]
        return [f"the log has {what!r}" for what in (*given_up, *planted_lines(self.daemon.log_file))]

    async def is_asked(self) -> None:
        """How its bands are, now and again, for ever."""
        while True:
            await self._asks()
            if not self.daemon.alive and self.down[-1].until_s < asyncio.get_running_loop().time():
                self.faults_found.append("the daemon ended by itself")
                return
            await asyncio.sleep(ASKED_EVERY_S)

    def counts(self, address: str) -> Counter[str]:
        """Of a band: received, stored and refused, over all lives, as they were last asked."""
        total = Counter[str]()
        for life in self._of_lives:
            counts = life.get(address)
            if counts:
                refused = sum(counts["rejected"].values())
                total.update(received=counts["received"], stored=counts["stored"], refused=refused)
        return total

    async def status(self) -> dict[str, Any]:
        """What it says of itself; nothing where none runs."""
        return await asyncio.to_thread(self._status)

    def _status(self) -> dict[str, Any]:
        try:
            with connected(self.daemon.data) as gateway:
                return gateway.one("status")
        except (NotRunning, Declined):
            return {}

    async def _asks(self) -> None:
        life, asked = len(self._of_lives) - 1, Span(asyncio.get_running_loop().time())
        status = await self.status()
        if status:
            asked.until_s = asyncio.get_running_loop().time()
            self.answers.append(asked)
        for band in status.get("bands", ()):
            counts = band["counts"]
            self._of_lives[life][band["address"]] = counts
            if counts["received"] != counts["stored"] + sum(counts["rejected"].values()):
                self.faults_found.append(f"{band['address']}: received is not stored + rejected: {counts}")

    async def _is_killed(self, draws: Draws) -> None:
        self.down.append(Span(asyncio.get_running_loop().time()))
        await self.daemon.kill()
        self.kills += 1
        self._is_dead()
        await self._comes_again(draws)

    async def _is_ended(self, draws: Draws) -> None:
        self.down.append(Span(asyncio.get_running_loop().time()))
        await self.ends_daemon()
        await self._comes_again(draws)

    async def _reads_again(self, draws: Draws) -> None:
        self.daemon.reload()

    async def _comes_again(self, draws: Draws) -> None:
        await draws.lasts(STAYS_AWAY_S)
        await self.starts_daemon()

    def _is_dead(self) -> None:
        for way in self._ways:
            way.daemon_died()
