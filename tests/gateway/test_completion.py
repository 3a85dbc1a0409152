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


async def test_what_hangs_is_left_after_its_grace_and_may_put_in_order_what_it_can() -> None:
    done = list[str]()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            done.append("in order")
            await asyncio.Event().wait()

    waiting = asyncio.ensure_future(run_to_completion(work(), grace_s=0))
    await asyncio.sleep(0)
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert done == ["in order"]
