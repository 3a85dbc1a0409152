"""Advertisements between the radio, which does not wait, and the rest, which may be slow: bounded, bands before strangers.

What does not fit is dropped, the oldest first, and counted; a flood of strangers (phones change their address every few
minutes) never drops a band's.
"""

from __future__ import annotations

from collections import deque

from gateway.changes import Changes
from gateway.sources.bluez import Heard

MOST_OF_BANDS = 4_000  # 500 bands, 8 frames each: some seconds of a disk that does not answer
MOST_OF_STRANGERS = 500


class AdvertisementQueue:
    """`dropped` and `dropped_of_strangers` count from the start."""

    def __init__(self, bands: int = MOST_OF_BANDS, strangers: int = MOST_OF_STRANGERS) -> None:
        self.dropped = 0
        self.dropped_of_strangers = 0
        self._bands: deque[Heard] = deque(maxlen=bands)
        self._strangers: deque[Heard] = deque(maxlen=strangers)
        self._came = Changes()

    def put(self, heard: Heard, *, enrolled: bool) -> None:
        """Takes one; never waits."""
        if enrolled:
            self.dropped += len(self._bands) == self._bands.maxlen
            self._bands.append(heard)
        else:
            self.dropped_of_strangers += len(self._strangers) == self._strangers.maxlen
            self._strangers.append(heard)
        self._came.happened()

    async def next(self) -> Heard:
        """The oldest of an enrolled band, or else of a stranger; waits for one."""
        while not self._bands and not self._strangers:
            await self._came.wait_beyond(self._came.number)
        return self._bands.popleft() if self._bands else self._strangers.popleft()
