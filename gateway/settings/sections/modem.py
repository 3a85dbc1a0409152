"""`[modem]`: what sends SMS."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gateway.settings.sections.section import Section
from gateway.settings.values import Credential, PortName


class ModemSection(Section):
    """The modem that sends SMS: the second path."""

    port: PortName
    """Path, best one of /dev/serial/by-id/; or "vid:pid" or "vid:pid:serial" of a USB device."""

    baud: Annotated[int, Field(ge=300, le=4_000_000)] = 115_200
    """Bits per second."""

    pin_file: Credential | None = None
    """File with the PIN of the SIM, mode 0600; or the name of a systemd credential."""

    country: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{0,3}$")] = "+86"
    """Country code of numbers that are written without one."""
