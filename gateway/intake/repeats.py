"""Tells a record or a frame that came again from one that is new, as long as the sender's repeats last. Pure."""

from __future__ import annotations

from msgspec import Struct, field

from drivers.driver import Refused
from drivers.framing import MANUFACTURER_DATA, SERVICE_DATA_16, ad_structures

REMEMBERED = 64  # per device; a hub repeats a record up to three times, soon after


SAYING = frozenset({SERVICE_DATA_16, 0x20, 0x21, MANUFACTURER_DATA})  # service data also of 32 and 128 bits


def said_by_sender(data: bytes) -> object:
    """What of an advertisement is the same whoever heard it: BlueZ tells no flags, and puts what is left in another order."""
    try:
        return frozenset(one for one in ad_structures(data) if one[0] in SAYING) or data
    except Refused:
        return data


class Repeats(Struct):
    """What came lately, by device: its marks (a record's number, a frame's bytes) with the time of each, the oldest first."""

    lasting_s: float
    heard: dict[str, dict[object, float]] = field(default_factory=dict)

    def seen(self, device: str, mark: object, now_s: float) -> bool:
        """Whether this mark of this device came within the last `lasting_s` seconds. If not, it is remembered."""
        marks = self.heard.get(device)
        if marks is None:
            marks = self.heard[device] = {}
        at_s = marks.get(mark)
        if at_s is not None:
            if now_s - at_s < self.lasting_s:
                return True
            del marks[mark]  # so that it becomes the youngest
        marks[mark] = now_s
        if len(marks) > REMEMBERED:
            del marks[next(iter(marks))]
        return False
