"""The whole daemon, a process with a broker and a platform, whose disk does the same; then it is started on a good one."""

from __future__ import annotations

import asyncio
import errno
import os
import random
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests import daemon as daemon_process
from tests.daemon import LOOK_EVERY_S, Band, Daemon, bands, configuration
from tests.faults.bad_disk import DEATHS, LIBRARY, POWER_CUTS, Fault, What, environment
from tests.faults.case import Case, Task, clear
from tests.faults.written import Left
from tests.mosquitto import Mosquitto

GROUP = "the daemon as a process"
OPERATIONS = 350  # a start and six presses
PRESSES = 6
BETWEEN_S = 0.15
LIMIT_S = 60.0
daemon_process.READY_S = LIMIT_S  # on a busy machine
REFUSED = {"database cannot be opened, working in memory", "alerts cannot be stored"}
TAKEN = {"alerts are stored again": {"alerts cannot be stored"}, "everything lies on the disk": REFUSED}
FAULTS = (
    Fault(What.NOTHING),  # killed at a moment
    Fault(What.DIES),
    *map(Fault, POWER_CUTS),
    Fault(What.FAILS, error=errno.EIO),
    Fault(What.FAILS, error=errno.ENOSPC, times=5),
)


def tasks(lives: int, seed: int) -> Iterator[Task]:
    """So many, with each fault in turn."""
    chance = random.Random(seed)
    for number in range(lives):
        nth, kind = chance.randrange(1, OPERATIONS), FAULTS[number % len(FAULTS)]
        yield partial(run, kind._replace(nth=nth, seed=chance.randrange(1 << 31)))


def run(fault: Fault, folder: Path) -> Iterator[Case]:
    """One center."""
    clear(folder)
    folder.mkdir()
    left = Left()
    try:
        asyncio.run(asyncio.wait_for(_center(fault, folder, left.breaches), 3 * LIMIT_S))
    except* AssertionError as error:
        left.breaches += [f"{'account' if 'account' in str(one) else 'start refused'}: {one}"[:300] for one in _each(error)]
    except* TimeoutError as error:
        left.breaches += [f"deaf: {one!r}"[:300] for one in _each(error)]
    yield Case(GROUP, fault.words, left)


def _each(errors: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in errors.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _each(error)
        else:
            yield error


async def _center(fault: Fault, folder: Path, breaches: list[str]) -> None:
    roster = bands(PRESSES + 1)
    (folder / "data").mkdir()
    with Mosquitto(folder) as broker:
        async with FakeHub(folder / "hub") as hub, Platform(broker.platform_port) as platform:
            config = configuration(folder / "data", broker_port=broker.port, hub=hub.line.path, roster=roster)
            async with Daemon(folder, config) as daemon:
                daemon.environment = environment(folder / "data", fault, os.environ[LIBRARY])
                await _lives(daemon, hub, roster[:-1], fault, platform)
                daemon.environment = {}
                await _goes_on(daemon, hub, roster[-1], platform, breaches)
            breaches += [f"two contents: {one}" for one in platform.consumer.faults]


async def _lives(daemon: Daemon, hub: FakeHub, roster: list[Band], fault: Fault, platform: Platform) -> None:
    """People press until it dies; where its disk errs, each call for help goes out."""
    with suppress(AssertionError):  # it died while it started
        await daemon.start()
        with suppress(FileNotFoundError, ProcessLookupError):
            await daemon.has_opened(hub.line.path)
    for band in roster:
        if daemon.alive:
            hub.presses(band.address)
            await asyncio.sleep(BETWEEN_S)
    if fault.what not in (*DEATHS, What.NOTHING):
        for band in roster:
            await platform.alert(kind="sos", wearer=band.wearer, limit_s=LIMIT_S)
        # An alert that the disk refuses goes out at once all the same, and is held in memory: a kill then may take it.
        async with asyncio.timeout(LIMIT_S):
            while _holds(daemon):  # noqa: ASYNC110 (nothing tells of a line that another process writes)
                await asyncio.sleep(LOOK_EVERY_S)
    await daemon.kill()


def _holds(daemon: Daemon) -> bool:
    """Whether its log has a refusal, and no word after it that the disk has taken what it refused."""
    holds = set[str]()
    for line in daemon.log():
        holds |= {line["event"]} & REFUSED
        holds -= TAKEN.get(line["event"], set())
    return bool(holds)


async def _goes_on(daemon: Daemon, hub: FakeHub, band: Band, platform: Platform, breaches: list[str]) -> None:
    """It hears, and it has every alert that the platform was told of."""
    told = {event["id"] for event in platform.consumer.events.values() if event["kind"] == "sos"}
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    hub.presses(band.address)
    await platform.alert(kind="sos", wearer=band.wearer, limit_s=LIMIT_S)
    for one in told:
        reply = await platform.reply(platform.resolves(one), limit_s=LIMIT_S)
        if reply["status"] != "done":
            breaches.append(f"lost: {one}, {reply}")
    if code := await daemon.stop():
        breaches.append(f"other: it ended with {code}: {daemon.log_tail()[-200:]}")
