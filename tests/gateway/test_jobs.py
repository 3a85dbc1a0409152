"""Jobs are renewed one by one: a reload ends what is not wanted any more, and leaves the others alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from gateway.jobs import RenewableJobs, completes_within, every
from tests.simulation.virtual_time import run

Told = list[str]


def job(name: str, told: Told, leaving_s: float = 0) -> Callable[[], Coroutine[None, None, None]]:
    async def work() -> None:
        told.append(f"{name} begins")
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(leaving_s)
            told.append(f"{name} ends")

    return work


async def stopped(jobs: asyncio.Task[None]) -> None:
    jobs.cancel()
    await asyncio.wait([jobs])


def test_a_job_that_stays_wanted_goes_on_while_another_is_renewed() -> None:
    told: Told = []

    async def reload() -> None:
        jobs = RenewableJobs({("hall", 1): job("hall", told), ("booth", 9600): job("booth at 9600", told, leaving_s=2)})
        running = asyncio.ensure_future(jobs.run())
        await asyncio.sleep(1)
        jobs.want({("hall", 1): job("hall again", told), ("booth", 19200): job("booth at 19200", told)})
        await asyncio.sleep(10)
        await stopped(running)

    run(reload())

    assert told[:4] == ["hall begins", "booth at 9600 begins", "booth at 9600 ends", "booth at 19200 begins"]
    assert "hall again begins" not in told
    assert sorted(told[4:]) == ["booth at 19200 ends", "hall ends"]


def test_a_job_that_fails_is_not_hidden() -> None:
    async def fails() -> None:
        raise RuntimeError("a bug")

    with pytest.raises(ExceptionGroup) as raised:
        run(RenewableJobs({("fails", 1): fails}).run())

    assert raised.group_contains(RuntimeError, match="a bug")


def test_work_is_done_at_once_and_again_after_each_pause() -> None:
    at_s: list[float] = []

    async def look() -> None:
        at_s.append(asyncio.get_running_loop().time())

    async def a_while() -> None:
        task = asyncio.ensure_future(every(5, look))
        await asyncio.sleep(11)
        await stopped(task)

    run(a_while())

    assert [round(at - at_s[0]) for at in at_s] == [0, 5, 10]


def test_what_does_not_end_in_time_is_left() -> None:
    assert run(completes_within(3, asyncio.sleep(2)))
    assert not run(completes_within(3, asyncio.sleep(4)))
