"""How long an SOS takes while thousands of unregistered devices a second call for help through the same hub."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle

from fake_devices import serial_hub_frames as frames
from fake_devices.serial_hub import FakeHub
from tests.benchmarks.bed import Bed, Effort, bed
from tests.benchmarks.figures import Figure, Found
from tests.benchmarks.latency import sos, taken

PER_S = 10_000
BURST = 100  # a hub that hears so many hands them over together
INVENTED = 50_000  # addresses, far more than are remembered


async def strangers(effort: Effort) -> Found:
    """Each call is of another invented address: as a record of the hub, and as an advertisement."""
    found: Found = []
    for how in ("records", "advertisements"):
        async with bed(effort) as place, calling(place, how) as sent:
            pressed = await taken(place, effort.more_presses, f"while strangers call ({how})")
        found += sos(f"while strangers call ({how})", pressed)
        found.append(Figure(f"strangers' calls taken ({how})", sent.per_s(), "/s", f"{sent.number:,} calls"))
    return found


class Sent:
    """How many calls the line has taken."""

    def __init__(self) -> None:
        self.number = 0
        self._begun_s = self._last_s = asyncio.get_running_loop().time()

    def more(self, calls: int) -> None:
        """So many."""
        self.number += calls
        self._last_s = asyncio.get_running_loop().time()

    def per_s(self) -> float:
        """Since it began."""
        return self.number / max(self._last_s - self._begun_s, 1e-9)


@asynccontextmanager
async def calling(place: Bed, how: str) -> AsyncIterator[Sent]:
    """They call without an end; the enrolled bands press among them."""
    frames_of_all = [_frame(how, number) for number in range(INVENTED)]  # made before, so that the bench has time to look
    bursts = [b"".join(frames_of_all[at : at + BURST]) for at in range(0, INVENTED, BURST)]
    sent = Sent()
    async with asyncio.TaskGroup() as tasks:
        flood = tasks.create_task(_call(place.hub, bursts, sent))
        await asyncio.sleep(1)
        yield sent
        flood.cancel()


async def _call(hub: FakeHub, bursts: list[bytes], sent: Sent) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for burst in cycle(bursts):
        hub.line.write(burst)
        await hub.line.sent()
        sent.more(BURST)
        await asyncio.sleep(begun + sent.number / PER_S - loop.time())


def _frame(how: str, number: int) -> bytes:
    address = (0xC0 << 40 | number).to_bytes(6, "big").hex(":").upper()
    if how == "records":
        return frames.record(address, number & 0xFFFF, {"sos": True})
    return frames.advertisement(address, bytes.fromhex("0201060816d2fc4400") + bytes((number & 255,)) + bytes.fromhex("3a01"))
