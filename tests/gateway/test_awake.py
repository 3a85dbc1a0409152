"""A clock that counts nothing of the time in which nobody looked, and a limit by it."""

from __future__ import annotations

import asyncio

import pytest

from gateway.awake import LOOK_EVERY_S, MOST_S, Awake, awake_timeout


def test_looked_at_each_second_it_is_a_clock_like_others() -> None:
    now_s = 100.0
    awake = Awake(lambda: now_s)

    for _ in range(60):
        now_s += LOOK_EVERY_S
        awake.look()

    assert awake.now_s() == 60


def test_of_the_time_in_which_nobody_looked_little_counts() -> None:
    now_s = 100.0
    awake = Awake(lambda: now_s)

    now_s += 3600
    assert awake.now_s() == MOST_S
    awake.look()
    assert awake.now_s() == MOST_S
    now_s += LOOK_EVERY_S

    assert awake.now_s() == MOST_S + LOOK_EVERY_S


def test_what_it_stood_is_what_nobody_looked_beyond_what_counts() -> None:
    now_s = 100.0
    awake = Awake(lambda: now_s, most_s=10)
    now_s += 8
    assert (awake.stood_s(now_s), awake.look()) == (0, False)

    now_s += 70

    assert (awake.stood_s(now_s), awake.look(), awake.stood_s(now_s), awake.now_s()) == (60, True, 60, 18)


async def test_what_never_comes_is_waited_for_no_longer_than_that() -> None:
    loop = asyncio.get_running_loop()
    begun_s = loop.time()

    with pytest.raises(TimeoutError):
        async with awake_timeout(0.05):
            await loop.create_future()

    assert loop.time() - begun_s >= 0.05


async def test_what_is_there_in_time_ends_the_wait() -> None:
    async with awake_timeout(0.05):
        pass

    await asyncio.sleep(0.1)  # the limit is over, and ends nothing else
