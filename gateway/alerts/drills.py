"""Drills: in its window a wearer's first press is a test. Which windows are open, and which were used. Pure."""

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
            begins, ends = datetime.combine(day, self.begins), datetime.combine(day, self.ends)
            ends += timedelta(days=ends <= begins)
            last = monthrange(day.year, day.month)[1]
            if day.day == min(self.day, last) and begins <= local.replace(tzinfo=None) < ends:
                return begins.isoformat(timespec="minutes")
        return ""


class Drills:
    """Which windows were used: by wearer the last one. Each wearer has a memory of their own, so that it goes with them."""

    def __init__(self) -> None:
        self._used: dict[str, str] = {}

    def load(self, memories: Mapping[str, bytes]) -> None:
        """What an earlier life remembered."""
        self._used = {
            name.removeprefix(NAME): window.decode(errors="replace")
            for name, window in memories.items()
            if name.startswith(NAME)
        }

    def press(self, wearer: str, drills: Iterable[Drill], local: datetime) -> Mapping[str, bytes] | None:
        """A press of this wearer: where it is the test of its window, the memory to be stored with it; None: it is real."""
        windows = (drill.opened(local) for drill in drills if drill.wearer == wearer)
        window = next((window for window in windows if window and window > self._used.get(wearer, "")), None)
        if window is None:
            return None
        self._used[wearer] = window
        return {NAME + wearer: window.encode()}

    def forget(self, wearer: str) -> None:
        """This wearer was erased."""
        self._used.pop(wearer, None)
