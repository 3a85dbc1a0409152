"""The gateway's Bluetooth as a process of its own, for `ble.py`: hears bands through bleak, and tells how many frames came.

`python -m tests.benchmarks.ble_listener ADDRESS...`: "scanning" once it does; then at each line on standard input how many were
handed over, and how many were dropped; it ends with standard input.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from drivers.advertisements import bthome
from drivers.driver import Advertisement, Decoded, Item, SerialDriver
from gateway.clock import SystemClock
from gateway.driver_bugs import DriverFaults
from gateway.logs import set_up_for_a_verb
from gateway.readings import Enrolment
from gateway.roster import Roster
from gateway.sources.ble.bluetooth import Bluetooth

ADAPTER = "hci0"
LOOKS_S = 0.05


class Counter:
    """Takes all that is heard, and keeps only how much that was."""

    def __init__(self) -> None:
        self.frames = 0

    def on_advertisement(self, advertisement: Advertisement) -> None:
        """One frame; what only was a sign of life is none."""
        self.frames += bool(advertisement.data)

    def on_report(self, address: str, driver: str, decoded: Decoded) -> None:
        """Nobody is connected to."""

    def on_clock_ahead(self, address: str, seconds: float) -> None:
        """Nobody is connected to."""

    def on_serial_items(self, port: str, driver: SerialDriver, items: list[Item]) -> None:
        """There is no port."""

    async def room(self) -> None:
        """There always is."""

    async def stored(self, *, calls_only: bool = False) -> None:
        """At once."""


async def listen(addresses: Sequence[str]) -> None:
    """Until standard input ends."""
    counter = Counter()
    bands = {one: Enrolment(address=one, driver=bthome.DRIVER.name, wearer="W-001") for one in addresses}
    roster = Roster({bthome.DRIVER.name: bthome.DRIVER}, bands)
    bluetooth = Bluetooth([ADAPTER], roster, counter, SystemClock(), lambda: None, DriverFaults())
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(bluetooth.run())
        scanner = bluetooth.scanners[ADAPTER]
        while scanner.state != "scanning":  # noqa: ASYNC110 (a scanner tells nobody that it scans)
            await asyncio.sleep(LOOKS_S)
        print("scanning", flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(counter.frames, scanner.dropped_frames, flush=True)
        running.cancel()


if __name__ == "__main__":
    set_up_for_a_verb("en")
    asyncio.run(listen(sys.argv[1:]))
