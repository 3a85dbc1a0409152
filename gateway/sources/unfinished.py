"""Frames that a port was closed in the midst of: whoever opens the same port next goes on where it was left."""

from __future__ import annotations

from typing import NamedTuple

from drivers.driver import StreamDecoder

KEEPS_S = 10.0  # a reload opens the port again within seconds; what is older has nothing to do with what comes


class PortAndDriver(NamedTuple):
    """A port as it is configured, and the driver that reads it."""

    port: str
    driver: str


class UnfinishedFrames:
    """The kernel, or the device, keeps the rest of a frame whose beginning was read: both halves belong to one decoder."""

    def __init__(self) -> None:
        self._left: dict[PortAndDriver, tuple[StreamDecoder, float]] = {}

    def leave(self, place: PortAndDriver, decoder: StreamDecoder, now_s: float) -> None:
        """The port is closed (monotonic seconds)."""
        self._left[place] = decoder, now_s

    def take(self, place: PortAndDriver, now_s: float) -> StreamDecoder | None:
        """What was left there a moment ago."""
        decoder, left_s = self._left.pop(place, (None, 0.0))
        return decoder if now_s - left_s < KEEPS_S else None
