"""The readings that were sent and whose receipt is awaited: each is counted when it is named, its batch ends with its last."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.formats.reading_json import named_readings, reading_ids
from gateway.store.batches import Batch
from gateway.store.readings import ReadingStore

MOST = 40_000  # readings; of more, the receipts for those sent longest ago change nothing: they are sent again


class Awaited:
    """It outlives sessions: a receipt may come in the next one."""

    def __init__(self, store: ReadingStore) -> None:
        self._store = store
        store.under_way.partly.clear()  # what another uplink knew of it is gone
        self._batch_of: dict[str, int] = {}
        self._lacking: dict[int, set[str]] = {}

    def expect(self, batches: Sequence[Batch]) -> None:
        """They are about to be sent, for the first time or again."""
        for batch in batches:
            ids = set(reading_ids(batch.body))
            for erased in self._lacking.get(batch.id, ids) - ids:
                self._end(batch.id, erased)
            if batch.id not in self._lacking:
                self._lacking[batch.id] = ids
                self._batch_of.update(dict.fromkeys(ids, batch.id))
        while len(self._batch_of) > MOST:
            self._forget(next(iter(self._lacking)))

    def lacking(self, batch: Batch) -> bytes:
        """What of its body has no receipt yet."""
        lacking = self._lacking.get(batch.id, ())
        return b",".join(body for id_, body in named_readings(batch.body) if id_ in lacking)

    def lacks(self, batch: int) -> bool:
        """Whether a reading of it has no receipt yet."""
        return batch in self._lacking

    def take(self, ids: Sequence[str], status: str) -> None:
        """Receipts. `hold` ends nothing; ids that nobody knows change nothing."""
        if status == "hold":
            return
        for id_ in ids:
            if (batch := self._batch_of.get(id_)) is not None:
                self._count(batch, id_, rejected=status == "rejected")

    def _count(self, batch: int, id_: str, *, rejected: bool) -> None:
        taken, refused = self._store.under_way.partly.setdefault(batch, (set(), set()))
        (refused if rejected else taken).add(int(id_.rpartition("/")[2]))
        self._end(batch, id_)

    def _end(self, batch: int, id_: str) -> None:
        self._batch_of.pop(id_, None)
        self._lacking[batch].discard(id_)
        if not self._lacking[batch]:
            del self._lacking[batch]
            self._store.delivered(batch, self._store.under_way.partly.get(batch, ((), ()))[1])

    def _forget(self, batch: int) -> None:
        for id_ in self._lacking.pop(batch):
            self._batch_of.pop(id_, None)
        self._store.under_way.partly.pop(batch, None)
