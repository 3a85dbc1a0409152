"""How long somebody waits who has typed wrong PINs: each address for itself, and all of them together. Pure.

A PIN of six digits that is guessed from everywhere at once then lasts for two years.
"""

from __future__ import annotations

from msgspec import Struct

FREE = 3  # wrong PINs of one address that cost nothing: people mistype
FIRST_S, LONGEST_S = 5.0, 900.0
FREE_OF_ALL = 10
LONGEST_OF_ALL_S = 60.0  # whoever has the PIN must not be shut out for long by somebody who has not
FORGOTTEN_S = 3600.0  # after this the count begins anew
MOST_ADDRESSES = 256


class Tries(Struct):
    """Wrong PINs in a row, when the last one was, and until when nobody is heard."""

    wrong: int = 0
    last_s: float = 0.0
    until_s: float = 0.0

    def one_more(self, now_s: float, free: int, longest_s: float) -> None:
        """Each that is too many doubles the time."""
        self.wrong = self.wrong + 1 if now_s - self.last_s < FORGOTTEN_S else 1
        self.last_s = now_s
        if self.wrong >= free:
            self.until_s = now_s + min(FIRST_S * 2 ** min(self.wrong - free, 20), longest_s)


class PinGuard:
    """`now_s`: monotonic."""

    def __init__(self) -> None:
        self._of: dict[str, Tries] = {}
        self._of_all = Tries()

    def wait_s(self, address: str, now_s: float) -> float:
        """In how many seconds a PIN of this address is looked at again; 0: now."""
        until_s = max(self._of.get(address, Tries()).until_s, self._of_all.until_s)
        return max(0.0, until_s - now_s)

    def wrong(self, address: str, now_s: float) -> int:
        """One more; returns how many in a row from this address."""
        tries = self._of.pop(address, Tries())
        tries.one_more(now_s, FREE, LONGEST_S)
        self._of[address] = tries  # the last one who tried stands last
        self._of_all.one_more(now_s, FREE_OF_ALL, LONGEST_OF_ALL_S)
        if len(self._of) > MOST_ADDRESSES:
            del self._of[next(iter(self._of))]
        return tries.wrong

    def right(self, address: str) -> None:
        """That was it."""
        self._of.pop(address, None)
