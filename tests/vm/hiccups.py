"""In the guest: the adapter or bluetoothd goes away and comes back, and the bands are heard again in time."""

from __future__ import annotations

import asyncio
import time
from typing import NamedTuple

from tests.vm.guest import Guest, gap_s, must, sh
from tests.vm.radio import PENDANT, STRAP

STATE_S, PENDANT_S, STRAP_S = 1, 3, 15  # what is promised
AWAY_S = 3
GIVES_UP_S = 60  # how long it is looked whether a promise is kept late


class Hiccup(NamedTuple):
    """A fault, and what ends it where it does not end by itself: commands of the shell, or of the room (`radio ...`).

    `state`: what the gateway says of the adapter meanwhile, one of these;
    `renewed`: a program that is another process afterwards.
    """

    name: str
    fault: str
    state: tuple[str, ...] = ()
    end: str = ""
    renewed: str = ""

    @property
    def label(self) -> str:
        """What stands before all that is told of it."""
        return f"{self.name}: " if self.name else ""


RESTARTED = Hiccup("bluetoothd restarted", "systemctl restart bluetooth", renewed="bluetoothd")
KILLED = Hiccup("bluetoothd killed", "kill -9 $(pidof bluetoothd)", renewed="bluetoothd")
SWITCHED = Hiccup("switched off and on", "bluetoothctl power off", ("powered off",), "bluetoothctl power on")
BLOCKED = Hiccup(
    "blocked and unblocked",
    "rfkill block bluetooth",
    ("soft blocked", "powered off"),
    "rfkill unblock bluetooth; bluetoothctl power on",
)
RESET = Hiccup("reset by another program", "hciconfig hci0 reset")
BUS = Hiccup("D-Bus restarted", "systemctl restart dbus", renewed="dbus-daemon")
PULLED_OUT = Hiccup("pulled out and put back", "radio unplug first", ("absent",), "radio plug first")


async def recovers(here: Guest, hiccup: Hiccup) -> None:
    """Scanning again within 3 s of the adapter's return, a strap within 15 s, the state true within 1 s."""
    await here.all_connected()
    process = await _pid(hiccup.renewed)
    began = time.time()
    await _do(here, hiccup.fault)
    if hiccup.state:
        told_s = await here.until_state(hiccup.state, 10)
        here.check(f"{hiccup.label}the state says so within {STATE_S} s", told_s <= STATE_S, f"{told_s} s")
        await asyncio.sleep(AWAY_S)
    if hiccup.end:
        await _do(here, hiccup.end)
    await adapter_is_back()
    await _are_heard(here, hiccup.label, began, time.time())
    if hiccup.renewed:
        here.check(f"{hiccup.label}{hiccup.renewed} is another", await _pid(hiccup.renewed) not in ("", process))


async def _are_heard(here: Guest, label: str, began: float, back: float) -> None:
    pendant_s = await here.next_of(PENDANT, back, GIVES_UP_S)
    silent_s = gap_s(here.heard_s(PENDANT, began), time.time() - began)
    here.check(
        f"{label}the pendant is heard within {PENDANT_S} s of the adapter's return",
        pendant_s <= PENDANT_S,
        f"{pendant_s} s, after a silence of {silent_s} s",
    )
    strap_s = await here.next_of(STRAP, back, GIVES_UP_S)
    here.check(f"{label}the strap is heard within {STRAP_S} s", strap_s <= STRAP_S, f"{strap_s} s")


async def adapter_is_back() -> None:
    """bluetoothd says that one is switched on. Raises TimeoutError."""
    for _ in range(100):
        if "Powered: yes" in await sh("bluetoothctl show"):
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("the adapter does not come back")


async def _do(here: Guest, deed: str) -> None:
    if deed.startswith("radio "):
        await here.radio(deed.removeprefix("radio "))
    else:
        await must(deed)


async def _pid(program: str) -> str:
    return await sh(f"pidof {program}") if program else ""
