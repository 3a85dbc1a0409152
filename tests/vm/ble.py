"""In the guest: the life of a radio in one boot, against the same bands all along: `python3 -m tests.vm.ble [STEP...]`.

Each step is done whatever became of those before it, and leaves a line in /out/steps.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import msgspec

from tests.vm.ble_steps import Done, Step, chosen
from tests.vm.guest import Guest, Processor, guest, machine

OUT = Path("/out")  # of the host


async def main(names: list[str]) -> int:
    """How many steps did not keep their promise."""
    (OUT / "machine").write_text(await machine())
    broken, processor = 0, Processor()
    async with guest() as here:
        for step in chosen(names):
            done = await do(here, step)
            broken += not done.kept
            with (OUT / "steps").open("ab") as file:
                file.write(msgspec.json.encode(done) + b"\n")
    print(f"the processor was idle for {processor.idle}", flush=True)
    return broken


async def do(here: Guest, step: Step) -> Done:
    """Whatever goes wrong in it hides none of those behind it."""
    print(step.name, flush=True)
    began, seen, wrong = time.monotonic(), len(here.seen), len(here.wrong)
    try:
        await step.do(here)
    except Exception as error:
        here.check(step.promise, kept=False, seen=f"{type(error).__name__}: {error}")
    took_s = round(time.monotonic() - began)
    return Done(name=step.name, kept=len(here.wrong) == wrong, seen="; ".join(here.seen[seen:]), took_s=took_s)


if __name__ == "__main__":
    sys.exit(min(1, asyncio.run(main(sys.argv[1:]))))
