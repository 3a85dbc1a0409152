"""In the guest: what went wrong with real bluetoothd and a real kernel, done again, one story each; `FAULT...` says which.

kinds      a band whose press is of one kind of data and whose other frames are of the other: three presses, 53 s apart
hung       a band that lets itself be connected and answers nothing, for two minutes
hiccups    bluetoothd restarted, killed; the adapter switched off and on, pulled out and put back
renamed    an adapter that comes back as hci1, since another is hci0 by then
filter     an adapter that filters by address, with bluetoothd as Debian runs it, and with Experimental = true
presses    forty presses, each counted once
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.vm.guest import Guest, Processor, gap_s, guest, machine, sh
from tests.vm.hiccups import BLOCKED, KILLED, PULLED_OUT, RESTARTED, SWITCHED, adapter_is_back, recovers
from tests.vm.radio import ADAPTERS, BEACON, PENDANT

OUT = Path("/out")  # of the host
PRESS_S = 3  # for so long a press is told
HUNG_S = 120


async def kinds(here: Guest) -> None:
    """The silence that makes the next press a new one must come, though the band says that it lives."""
    before = here.presses(BEACON)
    for _ in range(3):
        began = time.monotonic()
        await here.radio("press beacon")
        await asyncio.sleep(53 - (time.monotonic() - began))
    here.check("three presses are three", here.presses(BEACON) == before + 3, here.presses(BEACON) - before)


async def hung(here: Guest) -> None:
    """All others are heard on, and bluetoothd lives."""
    pid, began, before, lost = await sh("pidof bluetoothd"), time.time(), here.presses(PENDANT), 0
    await here.radio("hang on")
    await sh("systemctl restart lifering")  # so that the hung band is connected to anew
    await here.next_of(PENDANT, time.time(), 60)
    listening = time.time()
    while time.time() - began < HUNG_S:
        pressed = here.presses(PENDANT)
        await here.radio("press pendant")
        lost += not await here.press_counts(PENDANT, pressed)
        await asyncio.sleep(PRESS_S + 5)
    heard = here.heard_s(PENDANT, listening)
    here.check("no gap of 5 s", gap_s(heard, time.time() - listening - 2) < 5, f"{gap_s(heard, time.time() - listening - 2)} s")
    here.check("every press was heard", lost == 0, f"{here.presses(PENDANT) - before} heard, {lost} lost")
    here.check("bluetoothd is the same", await sh("pidof bluetoothd") == pid, pid)
    await here.radio("hang off")


async def hiccups(here: Guest) -> None:
    """What each of them promises: see there."""
    for hiccup in (RESTARTED, KILLED, SWITCHED, BLOCKED, PULLED_OUT):
        await recovers(here, hiccup)


async def renamed(here: Guest) -> None:
    """It is known by its address; another that is plugged in later is used too."""
    await here.all_connected()
    await here.radio("unplug first")
    await here.radio("plug second")
    await adapter_is_back()
    second_s = await here.next_of(PENDANT, time.time(), 30)
    here.check("an adapter plugged in later is used", second_s <= 10, f"{second_s} s")
    await here.radio("plug first")
    await asyncio.sleep(5)
    names = await sh("hciconfig 2>/dev/null || ls /sys/class/bluetooth")
    scans = await here.radio("scans first")
    states = await here.adapter_state()
    here.check(
        "the first scans again, as hci1", "hci1" in names and states.get(ADAPTERS["first"]) == "scanning", f"{scans}, {states}"
    )
    await here.all_connected()
    await here.radio("unplug second")
    first_s = await here.next_of(PENDANT, time.time(), 30)
    here.check("and it hears", first_s <= 10, f"{first_s} s")


async def filter_by_address(here: Guest) -> None:
    """Twelve presses: as Debian runs bluetoothd `scan` says what is wrong; with a monitor registered all are heard."""
    await here.radio("filter address")
    heard = await _twelve(here)
    said = await sh("python3 -m gateway scan --seconds 2")
    here.check("`scan` says that repeats are filtered", "repeats are filtered" in said, f"{heard} of 12 presses heard")
    await sh(r"sed -i 's/^\[General\]/[General]\nExperimental = true/' /etc/bluetooth/main.conf; systemctl restart bluetooth")
    await adapter_is_back()
    await here.next_of(PENDANT, time.time(), 60)
    heard = await _twelve(here)
    said = await sh("python3 -m gateway check --config /etc/lifering/gateway.toml")
    here.check("with a monitor every press is heard", heard == 12, f"{heard} of 12")
    here.check("`check` says that every frame is told", "every frame is told" in said, "")
    await here.radio("filter content")


async def _twelve(here: Guest) -> int:
    before = here.presses(PENDANT)
    for _ in range(12):
        await here.radio("press pendant")
        await asyncio.sleep(PRESS_S + random.uniform(1, 2))
    await asyncio.sleep(3)
    return here.presses(PENDANT) - before


async def presses(here: Guest) -> None:
    """One press is one event, the next press the next."""
    before = here.presses(PENDANT)
    for _ in range(40):
        await here.radio("press pendant")
        await asyncio.sleep(PRESS_S + random.uniform(0.5, 2))
    await here.press_counts(PENDANT, before + 39)
    await asyncio.sleep(5)  # for those that would be too many
    here.check("forty presses are forty", here.presses(PENDANT) == before + 40, here.presses(PENDANT) - before)


FAULTS: dict[str, Callable[[Guest], Awaitable[None]]] = {
    "presses": presses,
    "kinds": kinds,
    "hung": hung,
    "hiccups": hiccups,
    "renamed": renamed,
    "filter": filter_by_address,
}


async def main(names: list[str]) -> int:
    """How many promises were not kept."""
    (OUT / "machine").write_text(await machine())
    async with guest() as here:
        for name in names:
            print(name, flush=True)
            processor, began = Processor(), time.monotonic()
            await FAULTS[name](here)
            print(f"  {name} took {time.monotonic() - began:.0f} s; the processor was idle for {processor.idle}", flush=True)
            (OUT / "seen").write_text("; ".join(here.seen))
    print("all kept" if not here.wrong else f"not kept: {here.wrong}", flush=True)
    return len(here.wrong)


if __name__ == "__main__":
    sys.exit(min(1, asyncio.run(main(sys.argv[1:]))))
