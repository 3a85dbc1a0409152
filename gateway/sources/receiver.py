"""What passes between the sources and the rest of the gateway: who takes what is heard."""

from __future__ import annotations

from typing import Protocol

from drivers.driver import Advertisement, Decoded, Item, SerialDriver


class Receiver(Protocol):
    """Takes what the sources hear, at once. Whoever goes on hearing waits for `room` first; who hears no more does not."""

    def on_advertisement(self, advertisement: Advertisement) -> None:
        """An advertisement, of whatever device."""
        ...

    def on_report(self, address: str, driver: str, decoded: Decoded) -> None:
        """What a connected band reported."""
        ...

    def on_clock_ahead(self, address: str, seconds: float) -> None:
        """How far a connected band's clock was ahead of ours: what it reports from now on is stamped wrong by so much."""
        ...

    def on_serial_items(self, port: str, driver: SerialDriver, items: list[Item]) -> None:
        """What became whole on a serial line, in order."""
        ...

    async def room(self) -> None:
        """Returns at once unless too much waits for a disk that is slow: that slows the sources down."""
        ...

    async def stored(self, *, calls_only: bool = False) -> None:
        """Returns when all that was taken so far is on the disk. `calls_only`: what calls for help, or is told without."""
        ...
