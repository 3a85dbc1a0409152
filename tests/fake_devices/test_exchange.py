"""A cancellation that comes together with an answer is not lost, whatever Python's `wait_for` makes of it."""

from __future__ import annotations

import asyncio

import pytest

from fake_devices.ble_link.exchange import answered


async def swallows_cancellation() -> str:
    """As `asyncio.wait_for` of Python 3.11 does when the answer has come."""
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        return "the answer"
    return ""


async def test_a_cancelled_task_ends_although_the_answer_came() -> None:
    asking = asyncio.ensure_future(answered(swallows_cancellation()))
    await asyncio.sleep(0)

    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_an_answer_that_nobody_cancelled_is_given() -> None:
    assert await answered(asyncio.sleep(0, "the answer")) == "the answer"
