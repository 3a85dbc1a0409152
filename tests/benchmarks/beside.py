"""How long an SOS takes while 200 readings a second flow: alone, and while people look at the gateway, export and erase."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.benchmarks.bed import Bed, Effort, bed
from tests.benchmarks.figures import Figure
from tests.benchmarks.latency import SEED, figures, presses

PER_S = 200
LONGEST_LINE = 1_000_000
ASKED: tuple[tuple[str, dict[str, str]], ...] = (
    ("status", {}),
    ("export", {"what": "readings"}),
    ("export", {"what": "alerts"}),
    ("erase", {"wearer": "W-049"}),
)


async def beside(effort: Effort) -> list[Figure]:
    """Each in a bed of its own, with the same presses."""
    async with bed(effort) as place, flowing(place):
        alone = [took async for took in presses(place, random.Random(SEED), effort.presses)]
    async with bed(effort) as place, flowing(place), asked(place) as answers:
        beset = [took async for took in presses(place, random.Random(SEED), effort.presses)]
    when = f"at {PER_S}/s"
    return [*figures(when, alone), *figures(f"{when}, while {len(answers)} times status, export or erase is asked", beset)]


@asynccontextmanager
async def flowing(place: Bed) -> AsyncIterator[None]:
    """Readings come without an end."""
    async with asyncio.TaskGroup() as tasks:
        flow = tasks.create_task(place.flow(PER_S, 600))
        yield
        flow.cancel()


@asynccontextmanager
async def asked(place: Bed) -> AsyncIterator[list[str]]:
    """Somebody asks one thing after the other over the control socket; the verbs that were answered."""
    answers: list[str] = []
    async with asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(_ask(place.daemon.config_file.parent / "data" / "control", answers))
        yield answers
        asking.cancel()


async def _ask(path: Path, answers: list[str]) -> None:
    reader, writer = await asyncio.open_unix_connection(str(path), limit=LONGEST_LINE)
    while True:
        for verb, args in ASKED:
            writer.write(json.dumps({"verb": verb, "args": args}).encode() + b"\n")
            while not json.loads(await reader.readline()).get("done"):
                pass
            answers.append(verb)
