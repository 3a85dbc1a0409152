"""Both stores, open: how the disk takes them, when they are to be opened anew, and their end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.completion import run_to_completion
from gateway.store.alerts import AlertStore
from gateway.store.folder import Folder
from gateway.store.leftover import Leftover
from gateway.store.opened_file import OpenedFile
from gateway.store.readings import ReadingStore
from gateway.store.retention import Retention
from gateway.store.true_time import TrueTimes

LOOK_EVERY_S = 5.0


@dataclass
class Stores:
    """Both stores, open. `incidents`: what a person should know of the opening, in short words, for a technical alert.

    `files`: of both.
    """

    readings: ReadingStore
    alerts: AlertStore
    epoch: int
    incidents: list[str]
    retention: Retention
    true_times: TrueTimes
    held: Folder
    files: Sequence[OpenedFile]

    async def retain(self, now_ms: int) -> None:
        """Forget what is old, make room where it is tight; to be called each minute or so (wall clock, UTC)."""
        await self.retention.retain(now_ms)

    async def until_reopening(self) -> None:
        """Returns when they must be opened anew: their disk takes them again, or their files are gone, others, or damaged."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if await asyncio.to_thread(self._all_in_place):
                continue
            found = [await run_to_completion(file.look()) for file in self.files]
            if "changed" in found and "stuck" not in found:
                return

    def _all_in_place(self) -> bool:
        return all(file.is_in_place() for file in self.files)

    @property
    def fault(self) -> str:
        """Why the disk refuses, in a short fixed word; "": it does not."""
        return "gone" if any(file.stuck for file in self.files) else self.alerts.fault or self.readings.fault

    @property
    def in_memory(self) -> bool:
        """Whether a database stands in for a file that cannot be used: what is in it, a power cut takes."""
        return any(file.database.stand_in for file in self.files)

    async def close(self) -> Leftover:
        """Everything that waits goes to the disk; what it does not take is given back, to be given to the next opening."""
        for file in self.files:
            if not file.database.stand_in:
                await file.look()
        try:
            readings = await self.readings.close()
        finally:
            rows, numbers = await self.alerts.close()
            self.held.release()
        return Leftover(rows, numbers, readings, [file.incident for file in self.files if file.incident])
