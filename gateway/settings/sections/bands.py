"""`[roster]`, `[[wristband]]` and the lines of the roster: which bands are enrolled."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from drivers.measurement import Button
from gateway.settings.sections.section import Section
from gateway.settings.values import (
    WATCH_ID,
    Address,
    BandDriver,
    Credential,
    File,
    HexKey,
    Name,
    Text,
    Word,
    mistake,
    of_a_watch,
)


class RosterSection(Section):
    """The list of wristbands as a table."""

    file: File | None = None
    """CSV with the columns address,driver,wearer,room,key,model; UTF-8 or GB18030; the last two may be missing."""


class BandSection(Section):
    """A wristband, as both the roster and the configuration name it."""

    address: Address
    """Its Bluetooth address, such as C0:FF:EE:00:00:01. One that changes every 15 minutes cannot be enrolled. Of a watch on
    mobile data: the id that it sends, or its IMEI."""

    driver: BandDriver
    """How it speaks, see `lifering drivers`. On a hub's own radio: the hub's driver."""

    wearer: Word
    """Pseudonym of the one who wears it, such as W-017. Names live on the platform."""

    room: Text = ""
    """Where the wearer lives, such as 3-201."""

    model: Text | None = None
    """Model, where the driver needs to know it."""

    @field_validator("driver")
    @classmethod
    def _a_watch_has_an_id(cls, driver: str, info: ValidationInfo) -> str:
        address, watch = info.data.get("address"), of_a_watch(driver, info)
        if address is not None and watch is not None and watch != bool(re.fullmatch(WATCH_ID, address)):
            raise mistake("watch_without_its_id" if watch else "id_of_no_watch", name=driver)
        return driver


class WristbandSection(BandSection):
    """One wristband, in the configuration itself."""

    port: Name | None = None
    """Name of the serial port that it is docked at. Needed where several ports have its driver."""

    sos_button: Annotated[tuple[Button, ...], Field(min_length=1)] | None = None
    """Which words of its key call for help, such as ["long_press"]. Without it: as the driver says. "sos" always does."""

    slot: bool = False
    """Keep a connection for it alone, so that its key is heard whenever it is in reach. Of bands that are connected to."""

    key_file: Credential | None = None
    """File with its key in hexadecimal digits, or with the 6 digits that pairing with it asks for, mode 0600; or the name of a
    systemd credential."""


class RosterRow(BandSection):
    """One wristband, a line of the roster."""

    key: Annotated[HexKey | None, Field(repr=False)] = None
    """Its key in hexadecimal digits: 32, for some devices 24 or 40. Or the passkey that pairing with it asks for: 6 digits."""
