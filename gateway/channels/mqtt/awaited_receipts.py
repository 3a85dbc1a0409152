"""The readings that were sent and whose receipt is awaited, batch by batch."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress

from gateway.changes import Changes
from gateway.formats.reading_json import reading_ids
from gateway.store.readings import Batch


class Awaited:
    """`delivered(batch, rejected)` is called once receipts have named all of a batch; `rejected`: the numbers of such."""

    def __init__(self, delivered: Callable[[int, list[int]], None]) -> None:
        self._delivered = delivered
        self._batch_of: dict[str, int] = {}
        self._lacking: Counter[int] = Counter()
        self._rejected: defaultdict[int, list[int]] = defaultdict(list)
        self._named = Changes()
        self.answers = 0

    def expect(self, batches: Sequence[Batch]) -> None:
        """They are about to be sent."""
        for batch in batches:
            ids = reading_ids(batch.body)
            self._lacking[batch.id] = len(ids)
            self._batch_of.update(dict.fromkeys(ids, batch.id))

    def lacking(self, batches: Sequence[Batch]) -> list[Batch]:
        """Those of them that still wait."""
        return [batch for batch in batches if batch.id in self._lacking]

    def take(self, ids: Sequence[str], status: str) -> None:
        """Receipts. `hold` names nothing as done, but shows that the platform is there; unknown ids change nothing."""
        self.answers += any(id_ in self._batch_of for id_ in ids)
        if status != "hold":
            for id_ in ids:
                batch = self._batch_of.pop(id_, None)
                if batch is not None:
                    if status == "rejected":
                        self._rejected[batch].append(int(id_.rpartition("/")[2]))
                    self._settle(batch)
        self._named.happened()

    def _settle(self, batch: int) -> None:
        self._lacking[batch] -= 1
        if not self._lacking[batch]:
            del self._lacking[batch]
            self._delivered(batch, self._rejected.pop(batch, []))

    async def settled(self, batches: Sequence[Batch], limit_s: float) -> None:
        """Returns when none of them waits any more, or after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                while self.lacking(batches):
                    await self._named.wait_beyond(self._named.number)
