"""The disk of the daemon dies, is full, is gone, comes back: whenever that is, people are told, and nothing is lost."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from gateway.clock import SystemClock
from gateway.store.opening import open_stores
from tests.daemon import GATEWAY, Band, Daemon
from tests.gateway.store.small_disk import SmallDisk, small_disk
from tests.mosquitto import Mosquitto
from tests.system.card import Card, card

PER_LIFE = 30


@pytest.fixture
def worn(tmp_path: Path) -> Iterator[Card]:
    """A card that is going to die."""
    with card(tmp_path / "card") as inserted:
        yield inserted


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of 8 MB."""
    with small_disk(tmp_path / "small", 8) as disk:
        yield disk


def lies_on(daemon: Daemon, folder: Path) -> None:
    """Its data folder is this one."""
    old = next(line for line in daemon.config.splitlines() if line.startswith("data_dir"))
    daemon.config = daemon.config.replace(old, f'data_dir = "{folder}"')


async def a_reading_a_moment(hub: FakeHub, band: Band, numbers: range) -> None:
    for number in numbers:
        hub.says(band.address, steps=number)
        await asyncio.sleep(0.05)


async def has(platform: Platform, steps: int) -> None:
    def all_there() -> bool:
        return {one["value"] for one in platform.consumer.readings() if one["kind"] == "steps"} >= set(range(steps))

    await platform.wait_for(all_there, what=f"{steps} readings")


async def adds_up(folder: Path) -> None:
    """The account on the disk, recounted; the daemon has ended."""
    stores = await open_stores(folder, GATEWAY, SystemClock())
    try:
        assert (stores.readings.fault, stores.alerts.fault) == ("", "")
        assert await stores.readings.audit() == []
    finally:
        await stores.close()


@pytest.mark.fault(
    "disk",
    "a card that dies while the gateway runs, over a restart, and is mended",
    promise="alerts and readings are told meanwhile, and lie on the card when it is back",
)
async def test_a_card_that_dies_while_it_runs_holds_no_reading_back_and_takes_all_when_it_is_mended(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], worn: Card
) -> None:
    """A reading now and then, the card dies, SIGTERM, started again on the same dead card; then the card is mended."""
    daemon, folder = stopped_daemon, worn.folder / "data"
    lies_on(daemon, folder)
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    hub.says(roster[1].address, steps=0)
    await has(platform, 1)

    worn.dies()
    await a_reading_a_moment(hub, roster[1], range(1, PER_LIFE))
    hub.presses(roster[0].address)
    first = await platform.alert(kind="sos", wearer=roster[0].wearer)
    await has(platform, PER_LIFE)
    assert await daemon.stop() == 0

    await daemon.start()
    await daemon.has_opened(hub.line.path)
    await a_reading_a_moment(hub, roster[1], range(PER_LIFE, 2 * PER_LIFE))
    hub.presses(roster[2].address)
    second = await platform.alert(kind="sos", wearer=roster[2].wearer)
    await has(platform, 2 * PER_LIFE)

    worn.is_mended()
    await daemon.logs("everything lies on the disk")
    await a_reading_a_moment(hub, roster[1], range(2 * PER_LIFE, 3 * PER_LIFE))
    await has(platform, 3 * PER_LIFE)
    await daemon.kill()
    await daemon.start()
    reply = await platform.reply(platform.resolves(second["id"]))
    assert await daemon.stop() == 0

    assert reply["status"] == "done"
    assert first["id"] != second["id"]
    await adds_up(folder)


@pytest.mark.fault(
    "disk", "the card dies and the broker is away", promise="what is held in memory is written once the card is mended"
)
async def test_a_card_that_is_mended_while_it_runs_gets_what_was_held(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], broker: Mosquitto, worn: Card
) -> None:
    daemon, folder = stopped_daemon, worn.folder / "data"
    lies_on(daemon, folder)
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    hub.presses(roster[0].address)
    await platform.alert(kind="sos")
    broker.stop()
    worn.dies()
    hub.presses(roster[2].address)
    await a_reading_a_moment(hub, roster[1], range(PER_LIFE))
    await daemon.logs("readings cannot be stored")

    worn.is_mended()
    await daemon.logs("file was gone, and is written anew")
    await daemon.logs("everything lies on the disk")
    await daemon.kill()
    broker.start()
    await daemon.start()

    await platform.alert(kind="sos", wearer=roster[2].wearer)
    await has(platform, PER_LIFE)
    assert await daemon.stop() == 0
    await adds_up(folder)


@pytest.mark.fault(
    "disk",
    "a disk that is full to the last byte when the gateway starts",
    promise="it starts, calls are told at once, everything moves to the disk when there is room",
)
async def test_started_on_a_full_disk_it_moves_in_when_there_is_room(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], broker: Mosquitto, small: SmallDisk
) -> None:
    daemon, folder = stopped_daemon, small.folder
    lies_on(daemon, folder)
    small.fill()
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    hub.presses(roster[0].address)
    one = await platform.alert(kind="sos")
    hub.says(roster[1].address, steps=0)
    await has(platform, 1)
    broker.stop()
    hub.presses(roster[2].address)
    hub.says(roster[1].address, steps=1)

    small.empty()
    await daemon.logs("database can be opened again")
    await daemon.logs("everything lies on the disk")
    await daemon.kill()
    broker.start()
    await daemon.start()

    await platform.alert(kind="sos", wearer=roster[2].wearer)
    assert (await platform.reply(platform.resolves(one["id"])))["status"] == "done"
    await has(platform, 2)
    assert await daemon.stop() == 0
    await adds_up(folder)


@pytest.mark.fault(
    "disk", "the data folder is removed under the running gateway, then kill -9", promise="it is written anew; no alert is lost"
)
async def test_a_data_folder_that_is_removed_while_it_runs_loses_no_alert_at_a_kill(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], broker: Mosquitto, tmp_path: Path
) -> None:
    await daemon.has_opened(hub.line.path)
    hub.presses(roster[0].address)
    sos = await platform.alert(kind="sos")
    broker.stop()
    hub.presses(roster[1].address)
    await daemon.logs("alert", times=2)

    shutil.rmtree((tmp_path / "data").rename(tmp_path / "removed"))  # where nothing new is written to it meanwhile
    await daemon.logs("file was gone, and is written anew")
    await daemon.logs("everything lies on the disk")
    await daemon.kill()
    broker.start()
    await daemon.start()

    await platform.alert(kind="sos", wearer=roster[1].wearer)
    assert (await platform.reply(platform.resolves(sos["id"])))["status"] == "done"


def _left_by_root(folder: Path) -> Path:
    """What a run by hand leaves behind: the files are there, and may not be opened."""
    folder.mkdir()
    for name in ("alerts.db", "readings.db", "alerts.reserve", "lock"):
        (folder / name).write_bytes(b"of another user")
        (folder / name).chmod(0o000)
    return folder


def _closed(folder: Path) -> Path:
    folder.mkdir(0o000)
    return folder


def _read_only(folder: Path) -> Path:
    folder.mkdir(0o555)
    return folder


def _nowhere(_: Path) -> Path:
    return Path("/proc/lifering")


@pytest.mark.parametrize("as_it_is", [_left_by_root, _closed, _read_only, _nowhere])
async def test_a_data_folder_that_may_not_be_used_ends_nothing_and_a_call_for_help_is_heard(
    stopped_daemon: Daemon,
    hub: FakeHub,
    platform: Platform,
    roster: list[Band],
    tmp_path: Path,
    as_it_is: Callable[[Path], Path],
) -> None:
    lies_on(stopped_daemon, as_it_is(tmp_path / "shut"))
    stopped_daemon.program = ("tests.system.no_override",)
    stopped_daemon.keeps_account = False  # it has no store to recount

    await stopped_daemon.start()
    hub.presses(roster[0].address, heart_rate=81)

    assert await platform.alert(kind="sos")
    assert await platform.alert(kind="technical")
    assert (await stopped_daemon.logs("database cannot be opened, working in memory"))["level"] == "error"
    assert await stopped_daemon.stop() == 0
