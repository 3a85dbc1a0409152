"""The radio of a band with manners: what comes in may be late or lost."""
# mypy: disable-error-code="explicit-override"
# (what is overridden is Bumble's; typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bumble import core
from bumble.controller import Controller
from bumble.hci import Address

from fake_devices.ble_link.air import Air


@dataclass
class Manners:
    """How a connected band behaves. It may be changed while the band is on."""

    answers_after_s: float = 0.0  # slow
    deaf: bool = False  # lets itself be connected, then answers nothing
    drops_after_s: float | None = None  # ends each connection at random, on average after so long
    bonded_only: bool = False  # tells measurements over an encrypted link only


class SlowRadio(Controller):
    """Bumble's controller, with manners."""

    def __init__(self, name: str, air: Air, manners: Manners) -> None:
        super().__init__(name, link=air)
        self._manners = manners

    def on_link_acl_data(self, sender_address: Address, transport: core.PhysicalTransport, data: bytes) -> None:
        """Data from the other side of a connection."""
        if self._manners.deaf:
            return
        if self._manners.answers_after_s:
            loop = asyncio.get_running_loop()
            loop.call_later(self._manners.answers_after_s, self._late, sender_address, transport, data)
            return
        super().on_link_acl_data(sender_address, transport, data)

    def _late(self, sender_address: Address, transport: core.PhysicalTransport, data: bytes) -> None:
        if sender_address in self.le_connections:
            super().on_link_acl_data(sender_address, transport, data)
