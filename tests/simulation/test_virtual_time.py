"""Virtual time passes without waiting, in order, and with what happens on descriptors and in threads."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.simulation.virtual_time import NothingWillHappen, VirtualClock, run


def test_a_day_passes_at_once_and_timers_come_in_order() -> None:
    came: list[str] = []

    async def day() -> float:
        began_s = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as tasks:
            for name, after_s in (("evening", 64_800.0), ("noon", 43_200.0), ("midnight", 86_400.0)):
                tasks.create_task(note(name, after_s))
        return asyncio.get_running_loop().time() - began_s

    async def note(name: str, after_s: float) -> None:
        await asyncio.sleep(after_s)
        came.append(name)

    assert run(day()) == pytest.approx(86_400)
    assert came == ["noon", "evening", "midnight"]


def test_what_is_written_to_a_socket_pair_is_read_before_time_moves() -> None:
    async def talk() -> tuple[bytes, float]:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            asyncio.get_running_loop().call_later(5, theirs.send, b"SOS")
            began_s = asyncio.get_running_loop().time()
            async with asyncio.timeout(60):
                data = await asyncio.get_running_loop().sock_recv(ours, 16)
            return data, asyncio.get_running_loop().time() - began_s

    data, took_s = run(talk())

    assert data == b"SOS"
    assert took_s == pytest.approx(5)


def test_work_for_a_thread_is_done_before_time_moves() -> None:
    async def work() -> tuple[int, float]:
        began_s = asyncio.get_running_loop().time()
        return await asyncio.to_thread(sum, [1, 2, 3]), asyncio.get_running_loop().time() - began_s

    assert run(work()) == (6, 0)


def test_a_wait_that_nothing_can_end_is_an_error() -> None:
    async def forever() -> None:
        await asyncio.Event().wait()

    with pytest.raises(NothingWillHappen):
        run(forever())


def test_clock_and_loop_tell_one_time_and_the_wall_clock_may_step() -> None:
    async def step() -> tuple[float, int]:
        clock = VirtualClock()
        mono_s, wall_ms = clock.monotonic_s(), clock.wall_ms()
        await asyncio.sleep(10)
        clock.step_wall(-3600)
        return clock.monotonic_s() - mono_s, clock.wall_ms() - wall_ms

    passed_s, stepped_ms = run(step())

    assert passed_s == pytest.approx(10)
    assert stepped_ms == -3_590_000
