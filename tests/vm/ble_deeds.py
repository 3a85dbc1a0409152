"""In the guest: what a radio does in a day when nothing fails, each deed with what is to be seen of it at the broker."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable

from fake_devices.consumer import Message
from tests.vm.guest import Guest, gap_s, sh
from tests.vm.hiccups import STRAP_S
from tests.vm.radio import BONDED, CUFF, HUNG, PENDANT, STRAP

LISTENS_S, GAP_S = 20, 5
PRESSES, PRESS_S = 20, 3  # for so long a press is told
COMES_S = 30  # a message, from what it tells of; a cuff shows itself for so long
LATE_S = 2  # what was received is at the broker by then
BOND_S = 60
PROGRAM_S = 10
pressures = itertools.count(110)  # each measurement another


async def scan(here: Guest) -> None:
    """It is heard, without gaps."""
    began = time.time()
    await asyncio.sleep(LISTENS_S)
    _no_gap(here, began)
    states = await here.adapter_state()
    here.check("the adapter scans", "scanning" in states.values(), states)


async def presses(here: Guest) -> None:
    """Twenty people in need, one after the other."""
    before = len(_alarms(here))
    for _ in range(PRESSES):
        await _pressed(here)
        await asyncio.sleep(PRESS_S + random.uniform(0, 1))
    found = len(_alarms(here)) - before
    here.check(f"{PRESSES} presses are {PRESSES} SOS", found == PRESSES, found)


async def press(here: Guest) -> None:
    """One."""
    here.check("a press is an SOS", await _pressed(here))


async def connect(here: Guest) -> None:
    """bluetoothd has a link with each of the two straps."""
    await here.all_connected()
    linked = await sh("bluetoothctl devices Connected")
    here.check("both are connected", STRAP in linked and HUNG in linked, f"{linked.count('Device')}")


async def notify(here: Guest) -> None:
    """Each beat is at the broker, as it was told."""
    began = time.time()
    await asyncio.sleep(LISTENS_S + LATE_S)
    pulses = [one["value"] for one in here.readings(STRAP, began, "heart_rate")]
    here.check("a pulse each second", len(pulses) >= LISTENS_S - 1, f"{len(pulses)} in {LISTENS_S + LATE_S} s")
    here.check("as the strap told it", set(pulses) == {70}, set(pulses))


async def indicate(here: Guest) -> None:
    """A measurement, and the cuff knows that it has been taken."""
    await _used(here, "cuff", CUFF, COMES_S)


async def bond(here: Guest) -> None:
    """The same over a link that is encrypted; nobody stands beside it who could say yes."""
    await _used(here, "bonded", BONDED, BOND_S)
    said = await sh(f"bluetoothctl info {BONDED}")
    here.check("it is bonded", "Bonded: yes" in said)


async def reconnect(here: Guest) -> None:
    """However the link ended, another follows."""
    for _ in range(3):
        await here.all_connected()
        await here.radio("drop")
        await _beats_again(here, "after a link that was dropped")
    await here.radio("leave")
    await asyncio.sleep(LISTENS_S)
    await here.radio("return")
    await _beats_again(here, "after a walk")


async def other_program_scans(here: Guest) -> None:
    """It begins, it ends, and the gateway hears on."""
    began = time.time()
    for _ in range(2):
        scanning = asyncio.create_task(sh(f"timeout {3 * PROGRAM_S} bluetoothctl --timeout {PROGRAM_S} scan on"))
        here.check("a press meanwhile is an SOS", await _pressed(here))
        said = await scanning
        here.check("the other program has scanned", "Discovery started" in said)
        await asyncio.sleep(LISTENS_S)
    _no_gap(here, began)


def _no_gap(here: Guest, began: float) -> None:
    until_s = time.time() - began - LATE_S
    longest_s = gap_s(here.heard_s(PENDANT, began), until_s)
    here.check(f"no gap of {GAP_S} s", longest_s < GAP_S, f"{longest_s} s")


async def _beats_again(here: Guest, how: str) -> None:
    await asyncio.sleep(0.1)  # what it told before the link ended is received
    strap_s = await here.next_of(STRAP, time.time(), 4 * STRAP_S)
    here.check(f"the strap is heard within {STRAP_S} s {how}", strap_s <= STRAP_S, f"{strap_s} s")


async def _used(here: Guest, cuff: str, address: str, limit_s: float) -> None:
    systolic, began = next(pressures), time.time()
    await here.radio(f"use {cuff} {systolic} 78 72")

    def told() -> list[Message]:
        return [one for one in here.readings(address, began, "blood_pressure") if one["value"]["systolic"] == systolic]

    came = await _came(here, told, limit_s)
    here.check(f"the measurement is at the broker within {limit_s} s", came, f"{time.time() - began:.1f} s" if came else "not")
    here.check("the cuff knows it", await here.radio(f"kept {cuff}") == "0")


async def _pressed(here: Guest) -> bool:
    """Whether a press is another alert, which a person closes."""
    before = len(_alarms(here))
    await here.radio("press pendant")
    if not await _came(here, lambda: len(_alarms(here)) > before, COMES_S):
        return False
    reply = await here.platform.reply(here.platform.resolves(_alarms(here)[-1]["id"]))
    return bool(reply["status"] == "done")


async def _came(here: Guest, found: Callable[[], object], limit_s: float) -> bool:
    try:
        return bool(await here.platform.wait_for(found, limit_s))
    except TimeoutError:
        return False


def _alarms(here: Guest) -> list[Message]:
    """Alerts of the pendant, each once."""
    wanted = {"event": "raised", "kind": "sos", "device": PENDANT}
    return [one for one in here.platform.consumer.events.values() if wanted.items() <= one.items()]
