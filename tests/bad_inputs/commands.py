"""Commands of the platform: those of tests/gateway/test_planted_commands.py, which also sees that nothing is changed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from fake_devices import serial_hub_frames as frames
from fake_devices.serial_hub_frames import RecordValues
from tests.gateway.test_band_commands import stage
from tests.gateway.test_planted_commands import NO_REPLY, PLANTED, came_down, command, payload_of
from tests.gateway.upper_half import BAND, TestClock

KIND, PARSER = "a command", "gateway/formats/native_down.py"
INPUTS: dict[str, tuple[Any, str]] = PLANTED


def said(planted: tuple[Any, str], folder: Path) -> str:
    """It is rejected with its reason, or unreadable; a good one behind it is done."""
    return asyncio.run(_said(*planted, folder))


async def _said(planted: Any, reason: str, folder: Path) -> str:
    async with stage(folder, TestClock()) as here:
        await here.half.streams(frames.record(BAND, 1, RecordValues(sos=True)))
        reply = await came_down(payload_of(planted, here), here)
        assert (reply.reason if reply else NO_REPLY) == reason
        done = await came_down(payload_of(command(id="good-1"), here), here)
        assert done is not None
        assert done.status == "done"
    return reason
