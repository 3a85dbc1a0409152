"""Who waits for a change misses none, however many wait."""

from __future__ import annotations

import asyncio

from gateway.changes import Changes


async def test_a_change_that_came_before_the_wait_is_not_missed() -> None:
    changes = Changes()
    seen = changes.number

    changes.happened()

    assert await changes.wait_beyond(seen) == 1


async def test_each_of_two_who_wait_learns_of_it() -> None:
    changes = Changes()
    async with asyncio.TaskGroup() as tasks:
        both = [tasks.create_task(changes.wait_beyond(0)) for _ in range(2)]
        await asyncio.sleep(0)

        changes.happened()

    assert [waiting.result() for waiting in both] == [1, 1]


async def test_nobody_is_told_of_a_change_that_is_known() -> None:
    changes = Changes()
    changes.happened()
    waiting = asyncio.ensure_future(changes.wait_beyond(1))
    await asyncio.sleep(0)

    assert not waiting.done()

    changes.happened()
    assert await waiting == 2
