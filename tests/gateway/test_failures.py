"""What ends the gateway is an error nobody expected, and not one of ours that comes in a group."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from gateway import failures
from gateway.errors import UplinkLost
from gateway.words.link_errors import why

LOST = UplinkLost(why("a:1883", "broken"))


@pytest.mark.parametrize(
    ("error", "tells"), [(LOST, False), (ValueError(), True)], ids=["the link is lost", "nobody expected it"]
)
@pytest.mark.parametrize("depth", [0, 1, 2])
async def test_a_job_in_jobs_tells_only_of_what_nobody_expected(error: Exception, tells: bool, depth: int) -> None:
    told: list[bool] = []
    failures.are_told_to(lambda: told.append(True))

    async def job(deeper: int) -> None:
        if not deeper:
            raise error
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(failures.told(lambda: job(deeper - 1)))

    with suppress(UplinkLost, ValueError, ExceptionGroup):
        await failures.told(lambda: job(depth))

    assert bool(told) == tells
