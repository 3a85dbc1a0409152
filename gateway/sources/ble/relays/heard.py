"""What a relay hears, and how its sender is connected to through it: what the rest of Bluetooth needs of a relay."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

from drivers.driver import Advertisement, Services


class LinkToBand(Protocol):
    """A band that is connected, through an adapter or a relay: a step that it refuses gives False or None and no error.

    `wants_bond`: it refused one that only a bond opens.
    """

    services: Services
    wants_bond: bool

    async def subscribe(self, characteristic: str, service: str | None, on_value: Callable[[str, bytes], None]) -> bool:
        """Notifications or indications, whichever there are, go to `on_value` from now on."""
        ...

    async def read(self, characteristic: str, service: str | None, limit_s: float) -> bytes | None:
        """A value."""
        ...

    async def write(self, characteristic: str, service: str | None, data: bytes, response: bool) -> bool:
        """Whether the band took it."""
        ...


class Connects(Protocol):
    """A relay, as far as who was heard through it is concerned."""

    def connected(
        self, address: str, address_type: int, hung_up: Callable[[], None]
    ) -> AbstractAsyncContextManager[LinkToBand]:
        """A connection as long as one is inside. `hung_up` is called when it ends before. Raises SourceLost."""
        ...


class RelayHeard(NamedTuple):
    """One advertisement, by which relay. `address_type`: as the relay wants it back."""

    relay: Connects
    advertisement: Advertisement
    address_type: int

    @property
    def adapter(self) -> str:
        """The relay's name."""
        return self.advertisement.by

    @property
    def address(self) -> str:
        """As printed."""
        return self.advertisement.address

    def connected(self, hung_up: Callable[[], None]) -> AbstractAsyncContextManager[LinkToBand]:
        """As `Radio.connected`, through the relay that heard it."""
        return self.relay.connected(self.address, self.address_type, hung_up)
