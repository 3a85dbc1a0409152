"""Fixtures of the gateway's tests."""

from __future__ import annotations

import asyncio

import pytest

from tests.gateway.standing import Stands


@pytest.fixture
async def stands(monkeypatch: pytest.MonkeyPatch) -> Stands:
    """The process stands for so many seconds: every timer is due when it goes on, and what came lies in the sockets."""
    loop = asyncio.get_running_loop()
    now_s, stood_s = loop.time, [0.0]
    monkeypatch.setattr(loop, "time", lambda: now_s() + sum(stood_s))
    return stood_s.append
