"""The steps of `./dev vm ble`, in order: what is done, what is promised, and what is left of each in the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from msgspec import Struct

from tests.vm import ble_deeds as deeds
from tests.vm import hiccups
from tests.vm.guest import Guest
from tests.vm.radio_faults import renamed

IN_TIME = f"the pendant is heard {hiccups.PENDANT_S} s later, the strap {hiccups.STRAP_S} s later"


class Done(Struct, kw_only=True):
    """A step that was done: whether all that it promises was kept, and what was seen."""

    name: str
    kept: bool
    seen: str
    took_s: float


class Step(NamedTuple):
    """What is done, and what is promised."""

    name: str
    what: str
    promise: str
    do: Callable[[Guest], Awaitable[None]]


def hiccup(name: str, what: str, of: hiccups.Hiccup) -> Step:
    """Radio or bluetoothd is gone for a moment. The step tells its name already."""
    told = f"the state says so within {hiccups.STATE_S} s; " if of.state else ""
    return Step(name, what, told + IN_TIME, lambda here: hiccups.recovers(here, of._replace(name="")))


# what has a BUG of this kernel near it stands last
STEPS = (
    Step("scan", "a pendant tells every second that it lives", "no gap of 5 s", deeds.scan),
    Step("press", "20 presses of a pendant, each closed by a person", "20 SOS at the broker", deeds.presses),
    Step("connect", "two straps that want to be connected to", "bluetoothd is connected to both", deeds.connect),
    Step("notify", "a strap tells its pulse every second, for 20 s", "each is at the broker", deeds.notify),
    Step("indicate", "a cuff is used, and indicates its measurement", "it is at the broker, and confirmed", deeds.indicate),
    Step("bond", "a cuff is used that tells over a bonded link only", "bonded, and its measurement at the broker", deeds.bond),
    Step("reconnect", "a strap drops the link three times, and walks away", "its pulse comes again in 15 s", deeds.reconnect),
    Step("other-scan", "another program scans for 10 s, twice", "no gap of 5 s, and a press counts", deeds.other_program_scans),
    hiccup("power", "the adapter is switched off and on", hiccups.SWITCHED),
    hiccup("rfkill", "the adapter is blocked by rfkill, and unblocked", hiccups.BLOCKED),
    hiccup("restart", "bluetoothd is restarted", hiccups.RESTARTED),
    hiccup("kill", "bluetoothd is killed with -9", hiccups.KILLED),
    hiccup("D-Bus", "D-Bus is restarted", hiccups.BUS),
    hiccup("reset", "another program resets the adapter (HCI Reset)", hiccups.RESET),
    Step("bonded", "the bonded cuff is used after all that", "it is bonded still, its measurement at the broker", deeds.bond),
    hiccup("away", "the adapter is pulled out and put back", hiccups.PULLED_OUT),
    Step("renamed", "the adapter comes back as hci1, another is plugged in", "both are used", renamed),
    Step("end", "a pendant is pressed once more", "an SOS at the broker", deeds.press),
)


def chosen(names: Sequence[str]) -> list[Step]:
    """Those of these names, in order; all where there are none. Raises ValueError."""
    if unknown := set(names) - {step.name for step in STEPS}:
        raise ValueError(f"no such step: {', '.join(sorted(unknown))}; there are {', '.join(step.name for step in STEPS)}")
    return [step for step in STEPS if not names or step.name in names]
