"""`[[serial]]`: what is at a serial port."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from gateway.settings.sections.section import Section
from gateway.settings.values import Name, PortDriver, PortName, is_hub, mistake


class SerialSection(Section):
    """A device or a hub at a serial port."""

    name: Name
    """What it is called in messages and logs."""

    port: PortName
    """Path, best one of /dev/serial/by-id/; or "vid:pid" or "vid:pid:serial" of a USB device, wherever it is plugged in."""

    driver: PortDriver
    """How it speaks: a serial driver, see `lifering drivers`."""

    baud: Annotated[int, Field(ge=300, le=4_000_000)] | None = None
    """Bits per second. Without it: the driver's usual."""

    parity: Literal["none", "even", "odd"] = "none"
    """Parity bit. Almost all devices have none; a wrong one breaks about half of the bytes."""

    shared: bool = False
    """A device that measures whoever sits down at it. One who pressed a key of their band before is the one who is measured."""

    sign_in_s: Annotated[int, Field(ge=10, le=600)] = 120
    """Seconds from that press to the measurement, at most."""

    @field_validator("shared")
    @classmethod
    def _hubs_are_not_sat_at(cls, shared: bool, info: ValidationInfo) -> bool:
        if shared and is_hub(info.data.get("driver"), info):
            raise mistake("shared_hub", name=info.data.get("driver"))
        return shared
