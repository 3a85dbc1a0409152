"""Bonds that are lost in one half: which band is paired again without asking, and for which a person is needed. Pure."""

from __future__ import annotations


class Bonds:
    """Of the bands that refused what only a bond opens, by address. Told what each visit came to.

    `lost`: they refused again, after the one time that they were paired again by ourselves. What an earlier life of the
    gateway knew is not known here: until its first visit a band is `undecided`.
    """

    def __init__(self) -> None:
        self._tried: set[str] = set()
        self._lost: set[str] = set()
        self._decided: set[str] = set()
        self._partly: set[str] = set()  # they told what they measure, and refused something beside it

    @property
    def lost(self) -> list[str]:
        """Those that a person has to pair."""
        return sorted(self._lost)

    def undecided(self, address: str) -> bool:
        """Whether nobody can say yet how this band stands with us."""
        return address not in self._decided

    def begin_anew(self, address: str) -> bool:
        """Whether this band, which refuses, is paired again by ourselves: once, and never what a person was called for."""
        anew = address not in self._tried and address not in self._lost
        self._tried.add(address)
        return anew

    def refused(self, address: str, *, served: bool = False) -> bool:
        """It refused though it was paired again, and gave nothing. Whether that is news.

        `served`: it lets itself be heard; one that always refuses something beside what it measures just had nothing to say.
        """
        self._decided.add(address)
        if address in self._lost or (served and address in self._partly):
            return False
        self._lost.add(address)
        return True

    def read_well(self, address: str, *, refused: bool) -> None:
        """It told what it measures; `refused`: but not everything, so that it is not paired again for the rest."""
        self._lost.discard(address)
        self._decided.add(address)
        if refused:
            self._partly.add(address)
        else:
            self._tried.discard(address)
            self._partly.discard(address)

    def forget(self, address: str) -> None:
        """It is enrolled otherwise, or no more: whatever it refused, it may be another band or another key."""
        for each in (self._tried, self._lost, self._decided, self._partly):
            each.discard(address)
