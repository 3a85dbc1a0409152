"""A life that stands still does nothing, and goes on where it stood; the world goes on meanwhile."""

from __future__ import annotations

import asyncio
import contextvars
import socket
from contextlib import closing
from random import Random

from tests.simulation.loop import LIFE, Life, SimulationLoop


def test_what_became_due_while_it_stood_still_is_done_when_it_goes_on() -> None:
    loop, life, done = SimulationLoop(Random(1)), Life(), []

    async def ticks(what: str) -> None:
        for _ in range(4):
            await asyncio.sleep(10)
            done.append((what, round(loop.time() - 1000)))

    async def world() -> None:
        context = contextvars.copy_context()
        context.run(LIFE.set, life)
        of_life = loop.create_task(ticks("life"), context=context)
        of_world = loop.create_task(ticks("world"))
        await asyncio.sleep(15)
        loop.hold(life)
        await asyncio.sleep(12)
        loop.go_on(life)
        await asyncio.wait([of_life, of_world])

    with closing(loop):
        loop.run_until_complete(world())

    assert [at_s for what, at_s in done if what == "world"] == [10, 20, 30, 40]
    assert [at_s for what, at_s in done if what == "life"] == [10, 27, 37, 47]


def test_what_it_is_sent_while_it_stands_still_is_read_when_it_goes_on() -> None:
    loop, life, read = SimulationLoop(Random(1)), Life(), []
    near, far = socket.socketpair()
    near.setblocking(False)

    async def reads() -> None:
        read.append((await loop.sock_recv(near, 16), round(loop.time() - 1000)))

    async def world() -> None:
        context = contextvars.copy_context()
        context.run(LIFE.set, life)
        of_life = loop.create_task(reads(), context=context)
        await asyncio.sleep(5)
        loop.hold(life)
        far.send(b"SOS")
        await asyncio.sleep(60)
        loop.go_on(life)
        await of_life

    with near, far, closing(loop):
        loop.run_until_complete(world())

    assert read == [(b"SOS", 65)]
