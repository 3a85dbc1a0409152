"""A life that was killed is forgotten, with all that it had open; what it does as it is forgotten changes nothing."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from weakref import ref

import pytest

from fake_devices.serial_hub import FakeHub
from gateway.app import Gateway
from gateway.store import reading_tail
from tests.simulation.box import GATEWAY, Box, Settings
from tests.simulation.broker import SimulatedPlatform
from tests.simulation.disk import Disk, open_files
from tests.simulation.line import OutlivingLine
from tests.simulation.loop import Life, SimulationLoop
from tests.simulation.people import BANDS, ON_DUTY
from tests.simulation.story import Story
from tests.simulation.virtual_time import VirtualClock, no_threads

Deeds = list[str]
LEAVES: dict[str, Callable[[Deeds], Awaitable[object]]] = {
    "waits": lambda _: asyncio.sleep(1),
    "has a thread do something": lambda deeds: asyncio.to_thread(deeds.append, "done"),
    "begins a task": lambda deeds: asyncio.create_task(begun(deeds)),
}


async def begun(deeds: Deeds) -> None:
    deeds.append("begun")


class Held:
    """What a life holds."""


async def lives(deeds: Deeds, held: list[ref[Held]], leaves: Callable[[Deeds], Awaitable[object]]) -> None:
    something = Held()
    held.append(ref(something))
    try:
        await asyncio.sleep(86_400)
    finally:
        await leaves(deeds)
        deeds.append("left")


def box_in(folder: Path, loop: SimulationLoop, hub: FakeHub) -> Box:
    hub.line = OutlivingLine(folder / "hub", hub._hear)
    lines = {str(line.path): line for line in (hub.line, OutlivingLine(folder / "modem", lambda _: None))}
    for line in lines.values():
        line.plug_in()
    (folder / "duty.csv").write_text("name,phone\n" + "".join(f"{name},{number}\n" for name, number in ON_DUTY.items()))
    roster = {address: ("serial-hub", wearer) for address, wearer in BANDS.items()}
    settings, platform = Settings(roster, {}), SimulatedPlatform(GATEWAY, loop, Random(1))
    return Box(folder, loop, VirtualClock(), Disk(Random(1)), platform, lines, None, settings, Story(), Random(1))


@pytest.fixture
def few_objects() -> Iterator[None]:
    """What other tests have left is not looked at each time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@contextmanager
def collected_at_each_call() -> Iterator[None]:
    """The interpreter looks for circles at any moment: here at all of them."""
    sys.setprofile(lambda *_: gc.collect())
    try:
        yield
    finally:
        sys.setprofile(None)


@pytest.mark.usefixtures("few_objects")
@pytest.mark.parametrize("leaves", LEAVES.values(), ids=LEAVES)
def test_what_a_life_would_do_on_its_way_out_is_not_done(leaves: Callable[[Deeds], Awaitable[object]]) -> None:
    loop, life, deeds, held = SimulationLoop(Random(1)), Life(), Deeds(), list[ref[Held]]()

    async def world() -> None:
        task = ref(loop.create_task(lives(deeds, held, leaves), context=life.context))
        await asyncio.sleep(1)
        assert held[0]()
        with collected_at_each_call():
            loop.abandon(life)
            await asyncio.sleep(0)
        await asyncio.sleep(2)
        gc.collect()
        assert (task(), held[0]()) == (None, None)  # a day before its timer
        await asyncio.sleep(2 * 86_400)

    with closing(loop):
        loop.run_until_complete(world())

    assert (deeds, loop.failed) == ([], [])


async def fails() -> None:
    raise ConnectionResetError


async def has_begun_what_fails() -> None:
    failed = asyncio.create_task(fails())
    await asyncio.sleep(86_400)
    await failed


def test_what_had_failed_and_would_have_been_awaited_is_no_find() -> None:
    loop, life = SimulationLoop(Random(1)), Life()

    async def world() -> None:
        holds = ref(loop.create_task(has_begun_what_fails(), context=life.context))
        await asyncio.sleep(1)
        loop.abandon(life)
        await asyncio.sleep(1)
        assert holds() is None

    with closing(loop):
        loop.run_until_complete(world())

    assert loop.failed == []


@pytest.mark.parametrize("how", ["between two steps", "at a commit"])
def test_a_gateway_that_was_killed_is_forgotten_and_its_files_are_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(reading_tail, "started_threads", no_threads)
    loop = SimulationLoop(Random(1))

    async def killed(box: Box, hub: FakeHub) -> tuple[ref[Gateway], Path]:
        await box.ready.wait()
        where, lives = box.data.resolve(), box.lives
        gateway = ref(next(one for one in gc.get_objects() if isinstance(one, Gateway)))
        assert open_files(where)
        if how == "at a commit":
            box.dies_at_next_commit()
        else:
            box.dies_after(10)
        hub.presses(next(iter(BANDS)))
        async with asyncio.timeout(60):
            while box.lives == lives:  # noqa: ASYNC110 (virtual seconds)
                await asyncio.sleep(1)
        return gateway, where

    async def world() -> None:
        hub = FakeHub(tmp_path / "hub")
        box = box_in(tmp_path, loop, hub)
        box.start()
        dead = [await killed(box, hub) for _ in range(3)]
        await box.ready.wait()
        gc.collect()
        assert [gateway() for gateway, _ in dead] == [None] * 3
        assert [open_files(where) for _, where in dead] == [[]] * 3
        await box.ends()

    gc.collect()  # those of other tests
    with closing(loop):
        loop.run_until_complete(world())
