"""Readings that wait for a commit, written behind a tail as they come: beside the commits, however long one takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from gateway.completion import run_to_completion
from gateway.formats.reading_json import encode_reading
from gateway.readings import Reading
from gateway.store import stored
from gateway.store.encryption import decrypt, encrypt
from gateway.store.tail import Row, Tail
from gateway.store.write_buffer import WriteBuffer


class ReadingTail:
    """Each is encoded here, once: the commit takes the same bytes."""

    def __init__(self, folder: Path, buffer: WriteBuffer, origin: str, boot: str) -> None:
        self._tail, self._buffer = Tail(folder), buffer
        self._origin, self._boot = origin, boot
        self._one_at_a_time = asyncio.Lock()

    async def write(self, then: Callable[[], None]) -> None:
        """What came since survives the process when this returns; `then`, in the same thread, what may be written after it."""
        async with self._one_at_a_time:
            unwritten = self._buffer.unwritten()
            bodies = await run_to_completion(asyncio.to_thread(self._write, unwritten, then))
            self._buffer.encoded(unwritten, bodies)

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
        async with self._one_at_a_time:
            self._tail.turn()

    async def clear(self) -> None:
        """Nothing is left in it but what waits, which is in it at every moment."""
        async with self._one_at_a_time:
            self._buffer.write_anew()
            waiting = self._buffer.unwritten()
            self._buffer.encoded(waiting, await run_to_completion(asyncio.to_thread(self._renew, waiting)))

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
