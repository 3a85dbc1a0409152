"""One community center for a test: a real broker, a hub on a pseudo-terminal, the platform, and the daemon as a process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon, bands, configuration
from tests.mosquitto import Mosquitto


@pytest.fixture
def roster() -> list[Band]:
    """The bands that are enrolled."""
    return bands(4)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A mosquitto that runs."""
    folder = tmp_path / "broker"
    folder.mkdir()
    with Mosquitto(folder) as broker:
        yield broker


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[FakeHub]:
    """A hub, plugged in."""
    async with FakeHub(tmp_path / "hub") as hub:
        yield hub


@pytest.fixture
async def platform(broker: Mosquitto) -> AsyncIterator[Platform]:
    """A platform that gives receipts; whatever the test did, it must have seen nothing that the contract forbids."""
    async with Platform(broker.platform_port) as platform:
        yield platform
    assert platform.consumer.faults == []


@pytest.fixture
async def stopped_daemon(tmp_path: Path, broker: Mosquitto, hub: FakeHub, roster: list[Band]) -> AsyncIterator[Daemon]:
    """The daemon, configured and not yet started."""
    config = configuration(tmp_path / "data", broker_port=broker.port, hub=hub.line.path, roster=roster)
    (tmp_path / "data").mkdir()
    async with Daemon(tmp_path, config) as daemon:
        yield daemon


@pytest.fixture
async def daemon(stopped_daemon: Daemon, platform: Platform) -> Daemon:
    """The daemon, ready, with a platform behind it."""
    await stopped_daemon.start()
    return stopped_daemon
