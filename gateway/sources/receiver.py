"""What passes between the sources and the rest of the gateway: who takes what is heard, and how a signal to a band ended."""

from __future__ import annotations

from typing import Literal, Protocol

from drivers.driver import Advertisement, Decoded, Item, SerialDriver

# What came of making a band vibrate. `sent`: it has the order, and bands of its kind never say whether they obeyed;
# `no_answer`: it, or its hub, should have answered and did not.
SignalResult = Literal["done", "sent", "not_in_reach", "cannot", "busy", "no_answer"]


class Receiver(Protocol):
    """Takes what the sources hear. A source awaits each call before it goes on, so a slow disk slows the source down."""

    async def on_advertisement(self, advertisement: Advertisement) -> None:
        """An advertisement, of whatever device."""
        ...

    async def on_report(self, address: str, driver: str, decoded: Decoded) -> None:
        """What a connected band reported."""
        ...

    async def on_serial_items(self, port: str, driver: SerialDriver, items: list[Item]) -> None:
        """What became whole on a serial line, in order."""
        ...

    async def stored(self) -> None:
        """Returns when everything taken so far is on the disk."""
        ...
