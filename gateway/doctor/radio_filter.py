"""What an adapter leaves out of what bands say, judged by what it told in some seconds. Pure.

In a scan the kernel asks the adapter to leave repeats out, and begins anew every 10.3 s (Linux net/bluetooth/hci_sync.c,
DISCOV_LE_RESTART_DELAY). Adapters obey differently: some tell all the same, some tell each new content once, some each device
once, whatever it says. So what is told three times in less than that was not left out; twice may be a beginning anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

LISTEN_S = 9.0
PROOF = 3
FEW_DEVICES = 3  # one alone may be slow

LeftOut = Literal["nothing", "repeats", "all but the first", "unknown"]


class ToldFrame(NamedTuple):
    """A frame that the adapter told: whose, and what was in it."""

    address: str
    data: bytes


def left_out(told: Sequence[ToldFrame]) -> LeftOut:
    """Of the frames told within LISTEN_S."""
    of_devices = Counter(frame.address for frame in told)
    if max(Counter(told).values(), default=0) >= PROOF:
        return "nothing"
    if max(of_devices.values(), default=0) >= PROOF:
        return "repeats"
    return "all but the first" if len(of_devices) >= FEW_DEVICES else "unknown"
