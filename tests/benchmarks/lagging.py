"""The gateway with a watch on its event loop: how late what was due at a moment is, a hundred times a second.

    python -m tests.benchmarks.lagging FILE ARGUMENTS OF gateway...

A timer due each 10 ms writes down by how much it came late, in ms, a line each. One that comes 50 ms late has kept four others
from coming: they are written down too, else a loop that stands still would be seen as one single late moment.
"""

# mypy: disable-error-code="explicit-override"
# (what is overridden is asyncio's; typing has @override from Python 3.12 on)
from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from gateway import cli

EVERY_S = 0.01
WRITE_EVERY = 100  # looks


class Watched(asyncio.DefaultEventLoopPolicy):
    """Every new loop is watched from its first turn on."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file.open("a")

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        loop = super().new_event_loop()
        seen: list[str] = []

        def look(due_s: float) -> None:
            now_s = loop.time()
            while due_s <= now_s:
                seen.append(f"{1000 * (now_s - due_s):.3f}\n")
                due_s += EVERY_S
            if len(seen) >= WRITE_EVERY:
                self._file.writelines(seen)
                self._file.flush()
                seen.clear()
            loop.call_at(due_s, look, due_s)

        loop.call_soon(look, loop.time())
        return loop


if __name__ == "__main__":
    asyncio.set_event_loop_policy(Watched(Path(sys.argv[1])))
    sys.exit(cli.main(sys.argv[2:]))
