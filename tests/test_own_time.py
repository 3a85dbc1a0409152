"""A limit that other work on the machine does not bring nearer."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from tests import own_time
from tests.own_time import held_up_s, own_s, within


async def forever() -> None:
    await asyncio.Event().wait()


async def test_who_is_not_held_up_has_no_more_than_the_limit() -> None:
    with pytest.raises(TimeoutError):
        await within(0.05, os.getpid(), forever())


async def test_what_comes_in_time_is_given_and_what_goes_wrong_is_raised() -> None:
    async def soon() -> str:
        return "ready"

    async def ends() -> None:
        raise AssertionError("it ended by itself")

    assert await within(5, os.getpid(), soon()) == "ready"
    with pytest.raises(AssertionError, match="by itself"):
        await within(5, os.getpid(), ends())


async def test_time_in_which_others_ran_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_time, "held_up_s", lambda pid: time.monotonic())  # it never runs
    later = asyncio.Event()
    asyncio.get_running_loop().call_later(0.3, later.set)

    assert await within(0.05, os.getpid(), later.wait())


async def test_time_in_which_somebody_whose_work_it_needs_was_held_up_is_not_counted() -> None:
    later = asyncio.Event()
    asyncio.get_running_loop().call_later(0.3, later.set)

    assert await within(0.05, os.getpid(), later.wait(), uncounted_s=time.monotonic)  # all the time


def test_the_own_time_of_a_process_stands_still_while_others_run(monkeypatch: pytest.MonkeyPatch) -> None:
    before_s = own_s()
    assert own_s() >= before_s

    monkeypatch.setattr(own_time, "_waited_s", lambda _: time.monotonic() - 7)

    assert own_s() == pytest.approx(7, abs=1)


def test_the_kernel_tells_of_a_process_and_of_none_that_is_gone() -> None:
    assert (held_up_s(os.getpid()) > 0) == Path("/proc/self/schedstat").exists()
    assert held_up_s(2**22 + 1) == 0


async def test_each_thread_that_is_held_up_counts_and_one_that_ends_brings_no_limit_nearer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited_s = iter([0.0, 60.0])  # before, and when the limit is looked at; then nothing is known of it any more
    monkeypatch.setattr(own_time, "held_up_s", lambda _: next(waited_s, 0.0))
    later = asyncio.Event()
    asyncio.get_running_loop().call_later(0.3, later.set)

    assert await within(0.05, os.getpid(), later.wait())


@pytest.mark.parametrize("waits", ["sleeps", "is stopped"])
async def test_who_waits_for_others_than_the_processor_is_counted_in_full(waits: str) -> None:
    process = await asyncio.create_subprocess_exec("sleep", "3600")
    if waits == "is stopped":
        process.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(TimeoutError, match=r"0\.3 s"):
            await asyncio.wait_for(within(0.3, process.pid, process.wait()), 10)
    finally:
        process.kill()
        await process.wait()
