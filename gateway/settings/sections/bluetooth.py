"""`[bluetooth]`: the radio of this machine."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gateway.settings.sections.section import Section
from gateway.settings.values import Adapter


class BluetoothSection(Section):
    """The radio of this machine."""

    enabled: bool = True
    """Listen with this machine's own adapters."""

    adapters: tuple[Adapter, ...] = ()
    """Which adapters, such as "hci0" or an adapter's address. Empty: all."""

    connections: Annotated[int, Field(ge=1, le=10)] = 5
    """Connections at once per adapter; most adapters hold 5 to 10."""
