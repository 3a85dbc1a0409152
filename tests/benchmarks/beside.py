"""How long an SOS takes while 200 readings a second flow and people look at the gateway, export and erase."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.benchmarks.bed import Bed, Effort, bed
from tests.benchmarks.everything import flowing
from tests.benchmarks.figures import Figure, Found
from tests.benchmarks.latency import sos, taken

PER_S = 200
BESET = "at 200/s and beside status, export and erase"
LONGEST_LINE = 1_000_000
ASKED: tuple[tuple[str, dict[str, str]], ...] = (
    ("status", {}),
    ("export", {"what": "readings"}),
    ("export", {"what": "alerts"}),
    ("erase", {"wearer": "W-049"}),
)


async def beside(effort: Effort) -> Found:
    """Presses among the readings, while somebody asks one thing after the other."""
    async with bed(effort) as place, flowing(place, PER_S), asked(place) as answers:
        beset = await taken(place, effort.more_presses, BESET)
    return [*sos(BESET, beset), Figure("questions answered meanwhile", len(answers), "", "status, export and erase in turn")]


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
