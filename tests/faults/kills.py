"""Lives that end at a write: each in a process that is forked for it, one after another in the same folder."""

from __future__ import annotations

import asyncio
import ctypes
import os
import pickle
import random
import shutil
import struct
from pathlib import Path

from gateway.alert import AlertEvent
from tests.faults.written import Left, Written, found, live, opened

HOW = ("before", "half", "after", "forget", "fail")
LIVES = 12  # in one folder
OPERATIONS = 260  # a life has some hundreds of writes and syncs
LENGTH = struct.Struct(">I")


def run(folder: Path, kills: int, seed: int) -> list[tuple[str, Left]]:
    """So many deaths: how each came, and what was left."""
    chance, results = random.Random(seed), list[tuple[str, Left]]()
    before = Written()
    for life in range(kills):
        if life % LIVES == 0:
            shutil.rmtree(folder, ignore_errors=True)
            before = Written()
        how = chance.choice(HOW)
        delivering = _one_life(folder, before, how, chance.randrange(1, OPERATIONS), seed * 100_000 + life)
        left = found(folder, before)
        _compare(left, before, delivering, how)
        results.append((how, left))
        _go_on_from(left, before)
    return results


def _one_life(folder: Path, before: Written, how: str, at: int, seed: int) -> set[int]:
    """Until it dies, or is through; what it promised goes into `before`. The events that were being delivered."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(readable)
        try:
            asyncio.run(_live(folder, how, at, seed, writable))
        finally:
            os._exit(0)
    os.close(writable)
    with os.fdopen(readable, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    delivering = set[int]()
    for word, what in _words(said):
        _hear(before, word, what, delivering)
    return delivering


async def _live(folder: Path, how: str, at: int, seed: int, pipe: int) -> None:
    def say(word: str, what: object) -> None:
        data = pickle.dumps((word, what))
        os.write(pipe, LENGTH.pack(len(data)) + data)

    disk = ctypes.CDLL(None)
    disk.disk_dies(ctypes.c_long(at), HOW.index(how))
    stores = await opened(folder)
    say("epoch", stores.epoch)
    await live(stores, random.Random(seed), 40, say)
    await stores.close()


def _words(said: bytes) -> list[tuple[str, object]]:
    words, place = [], 0
    while place + LENGTH.size <= len(said):
        (size,) = LENGTH.unpack_from(said, place)
        words.append(pickle.loads(said[place + LENGTH.size : place + LENGTH.size + size]))
        place += LENGTH.size + size
    return words


def _hear(before: Written, word: str, what: object, delivering: set[int]) -> None:
    match word, what:
        case "epoch", int(epoch):
            before.epoch = before.epoch or epoch
        case "tried", AlertEvent() as told if told.alert.epoch == before.epoch:  # of a life in memory it is another
            before.events[told.seq] = told
        case "saved", AlertEvent() as told:
            before.alerts[told.alert.number] = told.alert
            before.waiting.add(told.seq)
        case "delivering", AlertEvent() as told:
            delivering.add(told.seq)


def _compare(left: Left, before: Written, delivering: set[int], how: str) -> None:
    lost = [number for number in before.alerts if number not in left.alerts]
    lost += [seq for seq in before.waiting - delivering if seq not in left.waiting]
    left.lost = len(lost)
    if lost:
        left.breaches.append(f"lost: {lost[:5]}")
    if left.said:
        left.breaches.append(f"false damage: {left.said}")
    if before.epoch and left.epoch != before.epoch and how != "fail":  # a disk that refuses the start has a life in memory
        left.breaches.append("the epoch rose without a cause")


def _go_on_from(left: Left, before: Written) -> None:
    before.epoch = left.epoch
    before.alerts |= left.alerts
    before.events |= left.waiting
    before.waiting = set(left.waiting)
