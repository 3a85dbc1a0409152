"""Drills: in its window a wearer's first press is a test. Which windows are open, and which were used. Pure.

A window is one of the configuration, or was opened by somebody for some minutes: that one ends with the first press, and no
restart takes it along, for then a press is real.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta

from msgspec import Struct

NAME = "drill of "  # and the wearer: what the memory of the last window is called


class Drill(Struct, frozen=True, kw_only=True):
    """The window of a wearer, once a month: `day` of the month (of a shorter one its last), local time; may cross midnight."""

    wearer: str
    day: int
    begins: time
    ends: time

    def opened(self, local: datetime) -> str:
        """The window that is open then, by the time at which it was opened; "": none is."""
        for day in (local.date(), local.date() - timedelta(days=1)):
            if day.day == min(self.day, monthrange(day.year, day.month)[1]):
                begins, ends = datetime.combine(day, self.begins), datetime.combine(day, self.ends)
                return _opened(begins, ends + timedelta(days=ends <= begins), local, "minutes")
        return ""


class OpenedDrill(Struct, frozen=True, kw_only=True):
    """A window that somebody has opened, in local time; not beyond `until_s` (monotonic), whatever becomes of the clock."""

    wearer: str
    begins: datetime
    ends: datetime
    until_s: float

    def opened(self, local: datetime) -> str:
        """As of a window of the configuration; of its second, for there may be two in a minute."""
        return _opened(self.begins, self.ends, local, "seconds")


def _opened(begins: datetime, ends: datetime, local: datetime, timespec: str) -> str:
    return begins.isoformat(timespec=timespec) if begins <= local.replace(tzinfo=None) < ends else ""


class Drills:
    """Which windows were used: by wearer the last one. Each wearer has a memory of their own, so that it goes with them."""

    def __init__(self) -> None:
        self._used: dict[str, str] = {}
        self._opened: dict[str, OpenedDrill] = {}

    def load(self, memories: Mapping[str, bytes]) -> None:
        """What an earlier life remembered."""
        self._used = {
            name.removeprefix(NAME): window.decode(errors="replace")
            for name, window in memories.items()
            if name.startswith(NAME)
        }

    def open(self, drill: OpenedDrill) -> None:
        """From now on, in place of one of this wearer that was opened before."""
        self._opened[drill.wearer] = drill

    def close(self, wearer: str) -> None:
        """What was opened for this wearer is over."""
        self._opened.pop(wearer, None)

    def running(self, now_s: float) -> tuple[OpenedDrill, ...]:
        """Those that were opened and not used yet. `now_s`: monotonic."""
        self._opened = {wearer: drill for wearer, drill in self._opened.items() if now_s < drill.until_s}
        return tuple(self._opened.values())

    def press(self, wearer: str, drills: Iterable[Drill | OpenedDrill], local: datetime) -> Mapping[str, bytes] | None:
        """A press of this wearer: where it is the test of its window, the memory to be stored with it; None: it is real."""
        self.close(wearer)
        windows = (drill.opened(local) for drill in drills if drill.wearer == wearer)
        window = next((window for window in windows if window and window > self._used.get(wearer, "")), None)
        if window is None:
            return None
        self._used[wearer] = window
        return {NAME + wearer: window.encode()}

    def forget(self, wearer: str) -> None:
        """This wearer was erased."""
        self._used.pop(wearer, None)
        self.close(wearer)
