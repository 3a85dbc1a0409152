"""When a press leaves as an SMS while the broker swallows every packet, with everything on."""

from __future__ import annotations

import asyncio
import time

from fake_devices.modem import FakeModem
from tests.benchmarks.bed import Bed, Effort
from tests.benchmarks.everything import FIRST_PHONE, PER_S, RECEIPT_S, TELLING, everything, flowing
from tests.benchmarks.figures import Figure, Found
from tests.benchmarks.progress import says
from tests.until import until

APART_S = 3.0


async def hole(effort: Effort) -> Found:
    """A few presses, each of another band, into a broker that stands still."""
    count = min(effort.presses, 5)
    async with everything(effort) as (place, modem), flowing(place, PER_S):
        left = await _in_a_hole(place, modem, count)
    note = f"{count} presses, {RECEIPT_S} s without a receipt"
    return [
        Figure("SMS leaves the modem, broker a black hole, soonest", min(left), "s", note),
        Figure("SMS leaves the modem, broker a black hole, latest", max(left), "s", note),
    ]


async def _in_a_hole(place: Bed, modem: FakeModem, count: int) -> list[float]:
    """The seconds from each press until its SMS to the first phone has left."""
    place.broker.freeze()
    pressed: dict[str, float] = {}
    for band in place.roster[TELLING : TELLING + count]:
        pressed[band.wearer] = time.monotonic()
        place.hub.presses(band.address, records=1)
        says(f"{len(pressed)} of {count} presses; an SMS is due {RECEIPT_S} s after each")
        await asyncio.sleep(APART_S)
    await until(lambda: len(_left(modem, pressed)) == count, RECEIPT_S + 30)
    place.broker.thaw()
    return list(_left(modem, pressed).values())


def _left(modem: FakeModem, pressed: dict[str, float]) -> dict[str, float]:
    took: dict[str, float] = {}
    for sms in modem.left:
        for wearer, at_s in pressed.items():
            if sms.number == FIRST_PHONE and wearer in sms.text and wearer not in took:
                took[wearer] = sms.at_s - at_s
    return took
