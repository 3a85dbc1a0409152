"""The recovery ladder of an adapter: what is done next for one that does not hear, and when it is given up. Pure.

A new scan is begun all the time (`scanning.py`): each half minute in which nobody is heard, at growing pauses where BlueZ
refuses one. The other steps disturb more and are rare: switching the adapter off and on, then a reset of its USB device, then
both again, each time after twice as long. They cost the links that stand, so there must be a reason for that, and none is taken
while a band is being connected to: this kernel kills bluetoothd by it (`bluez.py`).

Who hears nobody need not be deaf: so is an empty house at night. Deaf is who hears nobody while another adapter hears somebody.
Without another one the silence must be three times as long as any that ended by itself.
"""

from __future__ import annotations

from math import inf
from typing import Final, Literal, NamedTuple

Step = Literal["new scan", "switch on", "power cycle", "USB reset"]

LISTENS, SILENT, DEAF, OFF = "scanning", "silent", "deaf", "powered off"
FIRST_S: Final = {"busy": 0.0, "failed": 5.0, "no answer": 5.0, OFF: 5.0}  # busy: the scan of a bluetoothd that was killed
DEAF_S = 60.0  # another adapter hears: its repeats may come once in 10 s, so these are six of them
QUIET_S = 600.0  # no other one can say
LONGER = 3  # than ever before
WORTH_LINKS_S = 30.0  # longer: a link that is cut stands again after some 15 s, and presses go unheard meanwhile
REST_S, SLOWEST_S = 60.0, 6 * 3600.0  # from one step to the next: at least, at most
SWITCH_REST_S, SWITCH_SLOWEST_S = 5.0, 300.0  # to switch on costs nothing
HELPS_WITHIN_S = 30.0  # of a step: who is heard then is heard because of it


class Links(NamedTuple):
    """With bands through one adapter: how many, and whether one of them is only being made."""

    standing: int = 0
    connecting: bool = False


class Trouble(NamedTuple):
    """One adapter that does not hear: why, in the scanner's word, and for how long.

    `tries`: steps taken since it heard somebody last, new scans aside; `rested_s`: since the last of them. `other_hears`:
    another adapter hears somebody. `longest_s`: the longest time that nobody was heard in, and that ended by itself.
    """

    why: str
    lasting_s: float
    tries: int = 0
    rested_s: float = inf
    links: Links = Links()
    other_hears: bool = False
    longest_s: float = 0.0


def next_step(trouble: Trouble, *, can_reset: bool) -> Step:
    """What is due now. `can_reset`: its USB device can be reset."""
    if not _is_due(trouble):
        return "new scan"
    if trouble.why == OFF:
        return "switch on"
    return "USB reset" if can_reset and trouble.tries % 2 else "power cycle"


def told_as(trouble: Trouble, *, can_reset: bool) -> str:
    """The word for it: one that is deaf, and that nothing helps, is told as that; it is tried on, more and more slowly.

    One that hears nobody because all that there is is connected through it is well.
    """
    if trouble.why == SILENT and trouble.links.standing and not trouble.other_hears:
        return LISTENS
    tried_all = trouble.tries >= 1 + can_reset
    return DEAF if trouble.why == SILENT and trouble.other_hears and tried_all else trouble.why


def _is_due(trouble: Trouble) -> bool:
    least_s, most_s = (SWITCH_REST_S, SWITCH_SLOWEST_S) if trouble.why == OFF else (REST_S, SLOWEST_S)
    rest_s = min(max(least_s, trouble.lasting_s / 2), most_s)  # so it takes twice as long each time
    return not trouble.links.connecting and trouble.lasting_s >= _first_s(trouble) and trouble.rested_s >= rest_s


def _first_s(trouble: Trouble) -> float:
    """How long it must last before anything is done."""
    if trouble.why != SILENT:
        first_s = FIRST_S.get(trouble.why, inf)  # else nothing here can mend it: it is gone, or bluetoothd is
    elif trouble.other_hears:
        first_s = DEAF_S
    elif trouble.links.standing:
        return inf  # the links say that its radio works, and who is connected does not advertise
    else:
        first_s = max(QUIET_S, LONGER * trouble.longest_s)
    return first_s + WORTH_LINKS_S if trouble.links.standing else first_s


class HearingRecord:
    """What has befallen one adapter; times in seconds of a clock that never steps."""

    def __init__(self) -> None:
        self._why = ""
        self._since_s = 0.0
        self._tries = 0
        self._helped_s = -inf
        self._longest_s = 0.0

    def becomes(self, why: str, now_s: float) -> None:
        """It scans (SILENT: and nobody was heard yet), or `why` it cannot."""
        if _class(why) != _class(self._why):
            self._since_s = now_s
        self._why = why

    def heard(self, now_s: float) -> None:
        """Somebody is heard: all is well. Called for each advertisement."""
        quiet_s = now_s - self._since_s
        if quiet_s > self._longest_s and now_s - self._helped_s > HELPS_WITHIN_S:
            self._longest_s = quiet_s
        self._since_s, self._tries = now_s, 0

    def helped(self, step: Step, now_s: float) -> None:
        """This step is taken."""
        self._tries += step != "switch on"
        self._helped_s = now_s

    def trouble(self, now_s: float, links: Links, *, other_hears: bool) -> Trouble:
        """As it is now."""
        return Trouble(
            self._why,
            now_s - self._since_s,
            self._tries,
            now_s - self._helped_s,
            links,
            other_hears,
            self._longest_s,
        )


def _class(why: str) -> str:
    """Refusals of several kinds are one trouble."""
    return "refused" if why in FIRST_S and why != OFF else why
