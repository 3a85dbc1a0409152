"""What many tests of the gateway begin with; a file or a folder that needs another one has its own under the same name."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.gateway.standing import Stands
from tests.gateway.upper_half import TestClock, UpperHalf, upper_half


@pytest.fixture
def clock() -> TestClock:
    """Time that a test moves on."""
    return TestClock()


@pytest.fixture
async def half(tmp_path: Path, clock: TestClock) -> AsyncIterator[UpperHalf]:
    """The gateway's upper half, with a hub's band and stores on the disk."""
    async with upper_half(tmp_path, clock) as half:
        yield half


@pytest.fixture
def in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine is set to another zone than the gateway."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
async def stands(monkeypatch: pytest.MonkeyPatch) -> Stands:
    """The process stands for so many seconds: every timer is due when it goes on, and what came lies in the sockets."""
    loop = asyncio.get_running_loop()
    now_s, stood_s = loop.time, [0.0]
    monkeypatch.setattr(loop, "time", lambda: now_s() + sum(stood_s))
    return stood_s.append
