"""Readings that wait for a commit, written behind a tail as they come: beside the commits, however long one takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from gateway.formats.reading_json import encode_reading
from gateway.readings import Reading
from gateway.store import stored
from gateway.store.encryption import decrypt, encrypt
from gateway.store.tail import Row, Tail
from gateway.store.write_buffer import WriteBuffer
from gateway.threads import started_threads


class ReadingTail:
    """Each is encoded here, once: the commit takes the same bytes."""

    def __init__(self, folder: Path, buffer: WriteBuffer, origin: str, boot: str) -> None:
        self._tail, self._buffer = Tail(folder), buffer
        self._origin, self._boot = origin, boot
        self._thread = started_threads(1, "tail")  # of its own: many that take turns would each begin with cold caches
        self._begun: tuple[Sequence[Reading], asyncio.Future[list[bytes]]] | None = None

    async def begin(self, then: Callable[[], None]) -> None:
        """Has its thread write what came since, and then do what may be done after it. What was begun before is over by then.

        Nobody waits for a write that is one of many: that would wake a task of the loop each time.
        """
        await self.over()
        self._in_thread(self._buffer.unwritten(), lambda unwritten: self._write(unwritten, then))

    def _in_thread(self, readings: Sequence[Reading], write: Callable[[Sequence[Reading]], list[bytes]]) -> None:
        self._begun = readings, asyncio.get_running_loop().run_in_executor(self._thread, write, readings)

    async def over(self) -> None:
        """What was begun survives the process when this returns. One thing at a time: from here to the next `await` none is."""
        while begun := self._begun:
            readings, writing = begun
            await asyncio.wait([writing])  # whoever waits here may be cancelled, the write goes on
            if self._begun is begun:
                self._begun = None
                self._buffer.encoded(readings, writing.result())

    def _write(self, unwritten: Sequence[Reading], then: Callable[[], None]) -> list[bytes]:
        bodies = self._append(unwritten)
        then()
        return bodies

    def _append(self, readings: Sequence[Reading]) -> list[bytes]:
        bodies = [encode_reading(reading, self._origin) for reading in readings]
        if bodies:
            self._tail.write([(self._origin, self._boot, encrypt(b",".join(bodies)))])
        return bodies

    async def turn(self) -> None:
        """What was written before the last turn may be written over: it is on the disk."""
        await self.over()
        self._tail.turn()

    async def clear(self) -> None:
        """Nothing is left in it but what waits, which is in it at every moment."""
        await self.over()
        self._buffer.write_anew()
        self._in_thread(self._buffer.unwritten(), self._renew)
        await self.over()

    def close(self) -> None:
        """Nothing is written any more."""
        self._thread.shutdown(wait=False)

    def _renew(self, waiting: Sequence[Reading]) -> list[bytes]:
        """Once behind what is there, and once in the place of the turn before."""
        bodies = list[bytes]()
        for _ in range(2):
            bodies = self._append(waiting)
            self._tail.clear_other()
            self._tail.turn()
        return bodies


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
