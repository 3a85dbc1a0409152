"""Readings that wait for a commit, written behind a tail as they come: beside the commits, however long one takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

from gateway.changes import Changes
from gateway.clock import Clock
from gateway.store import stored
from gateway.store.encryption import decrypt, encrypt
from gateway.store.heard_records import HeardRecords
from gateway.store.tail import Row, Tail
from gateway.store.write_buffer import WriteBuffer
from gateway.threads import started_threads

TAIL_S = 0.045  # between two writes: a kill takes along no more. Less than a line rests: so it needs no timer
A_ROW = 200  # readings: some 60 KB, of which several copies are made on the way


class ReadingTail:
    """Each is written once in every turn in which it waits. `came`: something did; `fault`: why the disk refuses.

    `heard`: records that a device may repeat; they survive a kill once their readings do.
    """

    def __init__(
        self, folder: Path, buffer: WriteBuffer, origin: str, clock: Clock, *, came: Changes, fault: Callable[[], str]
    ) -> None:
        self._tail, self._buffer, self.heard = Tail(folder), buffer, HeardRecords(folder, clock)
        self._origin, self._boot = origin, clock.boot
        self._came, self._fault = came, fault
        self._thread = started_threads(1, "tail")  # of its own: many that take turns would each begin with cold caches
        self._begun: Future[None] | None = None

    async def run(self) -> None:
        """Write what waits for a commit, for ever, so that it survives a kill; no commit holds it up.

        What comes after a pause is written at once, in the turn of the loop in which it came.
        """
        loop, seen, begun_s = asyncio.get_running_loop(), 0, -TAIL_S
        while True:
            await self._came.wait_beyond(seen)
            if (early_s := begun_s + TAIL_S - loop.time()) > 0:
                await asyncio.sleep(early_s)
            seen, begun_s = self._came.number, loop.time()
            if self.heard or self._buffer.has_unwritten:
                await self.begin()

    async def write(self) -> None:
        """All that came survives a kill when this returns."""
        await self.begin()
        await self.over()

    async def begin(self) -> None:
        """Has its thread write what came since. What was begun before is over by then.

        Nobody waits for a write that is one of many, and its end wakes nobody: that costs more than the write. Not on a disk
        that refuses: its room is the alerts', and what was heard there is not safe.
        """
        if self._fault():
            self.heard.drop()
            return
        self.heard.settle(self._buffer.next_number, self._buffer.ready_below)
        await self.over()
        self._begun = self._thread.submit(self._write, self._buffer.unwritten(), self.heard.settled())

    async def over(self) -> None:
        """What was begun survives the process when this returns. One thing at a time: from here to the next `await` none is."""
        while begun := self._begun:
            if not begun.done():
                await asyncio.wait([asyncio.wrap_future(begun)])  # whoever waits here may be cancelled, the write goes on
            if self._begun is begun:
                self._begun = None
                begun.result()

    def _write(self, unwritten: Sequence[bytes], heard: list[Row]) -> None:
        self._append(unwritten)
        self.heard.write(heard)

    def _append(self, bodies: Sequence[bytes]) -> None:
        for start in range(0, len(bodies), A_ROW):
            self._tail.write([(self._origin, self._boot, encrypt(b",".join(bodies[start : start + A_ROW])))])

    async def turn(self) -> None:
        """What was written before the last turn may be written over: it is on the disk."""
        await self.over()
        self._tail.turn()

    async def clear(self) -> None:
        """Nothing is left in it but what waits, which is in it at every moment."""
        await self.over()
        self._buffer.write_anew()
        self._begun = self._thread.submit(self._renew, self._buffer.unwritten())
        await self.over()

    def close(self) -> None:
        """Nothing is written any more."""
        self._thread.shutdown(wait=False)

    def _renew(self, waiting: Sequence[bytes]) -> None:
        """Once behind what is there, and once in the place of the turn before."""
        for _ in range(2):
            self._append(waiting)
            self._tail.clear_other()
            self._tail.turn()


def waited(folder: Path) -> list[Row]:
    """What the tail in this folder has, also what was committed since; as in the table `referenced`: seq, origin, received_ms,
    boot, body. Raises OSError."""
    return list(_single(Tail(folder).rows()))


def _single(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        with suppress(ValueError):  # of another version
            origin, boot, packed = row
            body = decrypt(packed)  # empty, where its key is away
            for reading, piece in zip(stored.decode_readings(body), stored.pieces(body), strict=True):
                yield reading.seq, origin, reading.received_ms, boot, piece
