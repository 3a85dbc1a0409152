"""What must not be left half done is done, and then the cancellation goes on."""

from __future__ import annotations

import asyncio

import pytest

from gateway.completion import run_to_completion


async def test_cancelled_twice_it_finishes_the_work_and_then_is_cancelled() -> None:
    gate, done = asyncio.Event(), list[str]()

    async def work() -> None:
        await gate.wait()
        done.append("work")

    waiting = asyncio.ensure_future(run_to_completion(work()))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)
    assert not waiting.done()
    gate.set()

    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert done == ["work"]
