"""Whoever can reach the port of the watches: no stranger, and no watch, harms another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

import drivers
from drivers.driver import WatchDriver
from drivers.measurement import Measurement
from fake_devices.free_port import free_port
from fake_devices.watch import FakeWatch
from gateway.driver_bugs import DriverFaults
from gateway.readings import Enrolment
from gateway.roster import Roster
from gateway.sources.watch_connection import CallerPatience
from gateway.sources.watch_listener import MOST_OF_ONE_HOST, WatchListener
from tests.gateway.sources.recorder import Recorder

DRIVER = drivers.driver("tcp-watch-3g")
WATCH, OTHER = "8800000015", "9705141740"
BANDS = {address: Enrolment(address=address, driver="tcp-watch-3g", wearer=f"W-{address}") for address in (WATCH, OTHER)}


@asynccontextmanager
async def listening(recorder: Recorder, patience: CallerPatience = CallerPatience()) -> AsyncIterator[int]:  # noqa: B008 (immutable)
    """A listener, and its port."""
    assert isinstance(DRIVER, WatchDriver)
    port, roster = free_port(), Roster({DRIVER.name: DRIVER}, BANDS)
    listener = WatchListener(
        "watches", ("127.0.0.1", port), DRIVER, roster, recorder, DriverFaults(), str, patience=patience, answer_s=1
    )
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(listener.run())
        await listener.tried.wait()
        assert listener.state == "open"
        try:
            async with asyncio.timeout(30):
                yield port
        finally:
            running.cancel()


async def hello(watch: FakeWatch) -> None:
    watch.says("LK")
    await watch.hears("LK")


async def test_the_newest_connection_of_a_watch_counts() -> None:
    async with listening(Recorder()) as port, FakeWatch(WATCH, port) as first:
        await hello(first)
        async with FakeWatch(WATCH, port) as second:
            await hello(second)

            await first.gone.wait()
            await hello(second)


@pytest.mark.fault("bytes from outside", "garbage at the port of the watches", promise="its connection ends, no other")
@pytest.mark.parametrize(
    "garbage",
    [
        pytest.param(b"x" * 20_000, id="16 KB without a bracket"),
        pytest.param(b"[3G*8800000015*FFFF*img," + b"x" * 20_000, id="a frame without an end"),
        pytest.param(b"[]" * 200, id="nothing but frames that are none"),
        pytest.param(b"[3G*8800000015*0002*LK][3G*9705141740*0002*LK]", id="two watches at once"),
    ],
)
async def test_who_talks_nonsense_is_hung_up_and_a_watch_beside_is_heard(garbage: bytes) -> None:
    async with listening(Recorder()) as port, FakeWatch(OTHER, port) as other:
        await hello(other)
        async with FakeWatch(WATCH, port) as stranger:
            stranger.writes(garbage)
            await stranger.gone.wait()

        await hello(other)


@pytest.mark.fault("bytes from outside", "a caller at the port of the watches who says nothing", promise="hung up")
async def test_who_says_nothing_or_a_byte_now_and_again_is_hung_up() -> None:
    async with listening(Recorder(), CallerPatience(first_s=0.3)) as port, FakeWatch(OTHER, port) as other:
        await hello(other)
        async with FakeWatch(WATCH, port) as silent, FakeWatch(WATCH, port) as slow:
            slow.writes(b"[3G*88")
            await silent.gone.wait()
            await slow.gone.wait()

        await hello(other)


@pytest.mark.fault("bytes from outside", "hundreds of connections at the port of the watches", promise="a watch stays")
async def test_a_flood_of_callers_takes_no_connection_of_a_watch() -> None:
    async with listening(Recorder()) as port, FakeWatch(WATCH, port) as watch:
        await hello(watch)
        callers = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MOST_OF_ONE_HOST + 100)]
        async with FakeWatch(OTHER, port) as late:
            await hello(late)
        await hello(watch)
        await asyncio.gather(*(reader.read() for reader, _ in callers[:100]), return_exceptions=True)  # they are hung up
        for _, writer in callers:
            writer.transport.abort()


async def test_nothing_of_a_stranger_is_handed_over_but_what_may_call_for_help() -> None:
    recorder = Recorder()
    async with listening(recorder) as port, FakeWatch("1234567890", port) as stranger:
        stranger.writes(b"[3G*1234567890*0001*nonsense]noise")
        stranger.presses()
        await stranger.hears("AL")

    told = recorder.items
    assert {item.kind for item in told if isinstance(item, Measurement)} == {"button", "battery"}
    assert len(told) == 2
