"""The newest view of the gateway, made once for all who look: at once when an alert changes, else every two seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from gateway.changes import Changes
from gateway.language import Language
from gateway.page.day import Day
from gateway.page.view import view_of
from gateway.snapshot import Snapshot

LOOK_EVERY_S = 2.0
UNWATCHED_S = 60.0  # for the day's charts alone
PAUSE_S = 0.5  # between two looks: a hundred alerts at once are shown in one


class Live:
    """`run()` it in a task of its own, and `remember()`. `changes`: something about alerts has changed.

    `past`: adds to a day what the store has of it.
    """

    def __init__(self, snapshot: Callable[[], Snapshot], changes: Changes, past: Callable[[Day], Awaitable[None]]) -> None:
        self._snapshot, self._changes, self._past = snapshot, changes, past
        self._newest: Snapshot | None = None
        self._rendered: dict[tuple[Language, bool], bytes] = {}
        self.day, self.looks = Day(), Changes()
        self.watching = 0

    async def run(self) -> None:
        """For ever."""
        while True:
            seen = self._changes.number
            self.look()
            await asyncio.sleep(PAUSE_S)
            await self._changes.wait_beyond_or(seen, LOOK_EVERY_S if self.watching else UNWATCHED_S)

    async def remember(self) -> None:
        """What was measured before the page was there; returns when all of it is in the charts."""
        await self._past(self.day)

    def look(self) -> Snapshot:
        """Now."""
        self._newest = self._snapshot()
        self._rendered.clear()
        self.day.take(self._newest)
        self.looks.happened()
        return self._newest

    def view(self, language: Language, *, guest: bool) -> bytes:
        """The newest, as JSON."""
        key = language, guest
        if key not in self._rendered:
            snapshot = self._newest or self.look()
            self._rendered[key] = msgspec.json.encode(view_of(snapshot, language, guest=guest))
        return self._rendered[key]
