"""How long the first paint of the page takes at a slowed processor, and what it waits for: `./dev page paint`.

Chromium's own throttle (CDP, Emulation.setCPUThrottlingRate) makes the browser's main thread so many times slower; the gateway
is as fast as this machine. The door is opened and the PIN given beforehand; the cache is empty.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

from tests.chromium import THERE_IS_ONE, Browser, chromium
from tests.gateway.page.shown import SHOWN, Shown, shown_in

SLOWER = (1, 4, 6)
ROUNDS = 5
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
BLOCKING = """const loaded = performance.getEntriesByType('resource').filter((one) => one.renderBlockingStatus === 'blocking');
const all = [...performance.getEntriesByType('navigation'), ...loaded];
return [all.length, all.reduce((sum, one) => sum + one.decodedBodySize, 0)]"""
EVERYTHING = """const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .filter((one) => !one.name.includes('/events'));
return [all.length, all.reduce((sum, one) => sum + one.decodedBodySize, 0)]"""


async def painted_ms(shown: Shown, browser: Browser) -> tuple[float, float]:
    """The first paint, and when a hundred bands and twenty alerts stand there."""
    await browser.opens(f"{shown.served.address}?language=en")
    await browser.until(SHOWN)
    first: float = await browser.until(PAINT)
    whole: float = await browser.runs("return performance.getEntriesByName('shown')[0].startTime")
    return first, whole


async def figures(folder: Path, rounds: int) -> None:
    """Prints them."""
    async with chromium(folder) as browser, shown_in(folder, browser) as shown:
        await browser.is_wide(360, 740)
        await shown.enters("en")
        await browser.forgets_files()
        requests, octets = await browser.runs(BLOCKING)
        print(f"the first paint waits for {requests} requests, {octets / 1000:.1f} KB as they are sent (nothing is compressed)")
        requests, octets = await browser.runs(EVERYTHING)
        print(f"all of the page: {requests} requests, {octets / 1000:.1f} KB; the budget is 150 KB")
        print("processor slowed   first paint, ms     all is there, ms   (middle and worst of some)")
        for slower in SLOWER:
            await browser.is_slowed(slower)
            took = [await painted_ms(shown, browser) for _ in range(rounds)]
            told = [f"{statistics.median(each):7.0f} {max(each):7.0f}" for each in zip(*took, strict=True)]
            print(f"{slower:10} times   {told[0]}   {told[1]}")


def main() -> int:
    """`--rounds`."""
    parser = argparse.ArgumentParser(prog="./dev page paint", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    args = parser.parse_args()
    assert THERE_IS_ONE, "there is no chromium and chromedriver"
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(figures(Path(folder), args.rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
