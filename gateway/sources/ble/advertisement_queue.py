"""Advertisements between the radio, which does not wait, and the rest, which may be slow: bounded, enrolled bands first.

What does not fit is dropped, the oldest first (and counted, of bands); a flood of unregistered devices (phones change
their address every few minutes) never drops a band's.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import Protocol

from drivers.driver import Advertisement
from gateway.changes import Changes
from gateway.sources.receiver import Receiver

MOST_OF_BANDS = 4_000  # 500 bands, 8 frames each: some seconds of a disk that does not answer
MOST_OF_UNREGISTERED = 500


class HeardAdvertisement(Protocol):
    """What was heard, by an adapter or a relay."""

    @property
    def advertisement(self) -> Advertisement:
        """As the drivers know it."""
        ...


class AdvertisementQueue:
    """`dropped`: how many of enrolled bands, from the start."""

    def __init__(self) -> None:
        self.dropped = 0
        self._bands: deque[HeardAdvertisement] = deque(maxlen=MOST_OF_BANDS)
        self._unregistered: deque[HeardAdvertisement] = deque(maxlen=MOST_OF_UNREGISTERED)
        self._came = Changes()

    def put(self, heard: HeardAdvertisement, *, enrolled: bool) -> None:
        """Takes one; never waits."""
        if enrolled:
            self.dropped += len(self._bands) == self._bands.maxlen
            self._bands.append(heard)
        else:
            self._unregistered.append(heard)
        self._came.happened()

    def rest(self) -> Iterator[HeardAdvertisement]:
        """All of enrolled bands that waits now, the oldest first."""
        while self._bands:
            yield self._bands.popleft()

    async def next(self) -> HeardAdvertisement:
        """The oldest of an enrolled band, or else of an unregistered device; waits for one."""
        while not self._bands and not self._unregistered:
            await self._came.wait_beyond(self._came.number)
        return self._bands.popleft() if self._bands else self._unregistered.popleft()

    async def hand_over(self, receiver: Receiver) -> None:
        """One after another, at the receiver's pace, until it is cancelled."""
        try:
            while True:
                heard = await self.next()
                receiver.on_advertisement(heard.advertisement)
                await receiver.room()
        except asyncio.CancelledError:
            for heard in self.rest():  # a press may be in what waits, and it was heard
                receiver.on_advertisement(heard.advertisement)
            raise
