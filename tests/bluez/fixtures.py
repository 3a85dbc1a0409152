"""Fixtures: a private D-Bus, and a stand-in for bluetoothd on it. A conftest.py takes them by importing them."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.bluez.fake_bluez import FakeBluez
from tests.bluez.private_bus import PrivateBus


@pytest.fixture
def private_bus() -> Iterator[PrivateBus]:
    """The system bus of this process is a private one."""
    with PrivateBus() as bus:
        yield bus
    gc.collect()  # what dbus-fast leaves of a lost connection complains as it goes: here, and in no other test


@pytest.fixture
async def bluez(private_bus: PrivateBus) -> AsyncIterator[FakeBluez]:
    """bluetoothd with the adapter hci0 and an empty room."""
    async with FakeBluez(private_bus.address) as bluez:
        yield bluez
