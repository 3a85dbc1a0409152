"""Ids of readings: `gateway/epoch/seq` as the lines give them, kept as two numbers and told again as they were. Pure."""

from __future__ import annotations

from itertools import count
from typing import NamedTuple

OURS = 1


class ReadingNumber(NamedTuple):
    """As a `Reading` has it: `epoch` stands for the beginning of its id."""

    epoch: int
    seq: int


class ReadingIds:
    """`ours`: the beginning of the ids of readings that came without one."""

    def __init__(self, ours: str) -> None:
        self._epochs = {ours: OURS}
        self._origins = {OURS: ours}
        self._next = count(1)

    def number(self, id_: str) -> ReadingNumber:
        """Of the reading with this id; another one each time where it is no id of a gateway."""
        origin, _, seq = id_.rpartition("/")
        if not origin or not (seq.isascii() and seq.isdecimal() and len(seq) < 19 and str(int(seq)) == seq):
            return ReadingNumber(OURS, next(self._next))
        epoch = self._epochs.get(origin)
        if epoch is None:
            epoch = self._epochs[origin] = len(self._epochs) + 1
            self._origins[epoch] = origin
        return ReadingNumber(epoch, int(seq))

    def origin(self, epoch: int) -> str:
        """The beginning of the id."""
        return self._origins[epoch]
