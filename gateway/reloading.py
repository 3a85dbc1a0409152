"""Takes over another configuration while the gateway runs: on a signal, on a command, and what was changed during the start."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from gateway.apart import Call
from gateway.changes import Changes
from gateway.errors import FaultySettings
from gateway.settings.configuration import Configuration
from gateway.settings.reading import load_again
from gateway.systemd_notify import reloading
from gateway.words.mistakes import in_words

log = structlog.get_logger()


class Reloading:
    """`running` gives the configuration that is in force, `use` takes another one over. `call`: what runs the reading."""

    def __init__(
        self, path: Path, call: Call, running: Callable[[], Configuration], use: Callable[[Configuration], None]
    ) -> None:
        self._path, self._call, self._running, self._use = path, call, running, use
        self._one_at_a_time = asyncio.Lock()  # else what was read first might be taken last

    async def run(self, hang_ups: Changes) -> None:
        """Reload at each hang-up, for ever; first what was changed since the file was read."""
        asked = hang_ups.number
        await self._told_if_faulty(self._catch_up)
        while True:
            asked = await hang_ups.wait_beyond(asked)
            await self._told_if_faulty(self.reload)

    async def reload(self) -> None:
        """Take over what the file says now, without a deaf second. Raises FaultySettings, and nothing changes."""
        async with self._one_at_a_time:
            with reloading():
                self._use(await self._read())
        log.info("configuration read again")

    async def _catch_up(self) -> None:
        async with self._one_at_a_time:
            now = await self._read()
            if now != self._running():
                self._use(now)

    async def _read(self) -> Configuration:
        return await load_again(self._call, self._path, self._running().settings)

    async def _told_if_faulty(self, take_over: Callable[[], Awaitable[None]]) -> None:
        try:
            await take_over()
        except FaultySettings as faulty:
            language = faulty.language or self._running().settings.gateway.language
            for mistake in faulty.mistakes:
                log.error("configuration not taken over", problem=in_words(mistake, language))
