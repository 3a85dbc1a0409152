"""`drill` as the control socket and the page answer it: the next press of somebody is a test, for some minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Protocol

import msgspec
import structlog
from msgspec import Meta, Struct

from gateway.control.listening import Args, Line, Verb
from gateway.control.protocol import BAD_ARGUMENTS
from gateway.errors import ConfigError, LiferingError

log = structlog.get_logger()


class AskedDrill(Struct, frozen=True):
    """The arguments of `drill`. Of 0 minutes: it is over, and each press is real."""

    wearer: Annotated[str, Meta(min_length=1)]
    minutes: Annotated[int, Meta(ge=0, le=60)] = 15


class Drilling(Protocol):
    """The desk."""

    def open_drill(self, wearer: str, minutes: float) -> str:
        """Returns why not, in a fixed word, or ""."""
        ...


class NoDrill(LiferingError):
    """It cannot be opened; why, in a fixed word."""


class DrillOpening:
    """Each is written into the log, with who asked."""

    def __init__(self, desk: Drilling) -> None:
        self._desk = desk

    @property
    def verbs(self) -> Mapping[str, Verb]:
        """By name."""
        return {"drill": self.open}

    async def open(self, args: Args, actor: str) -> Line:
        """It is open, or over, when this returns."""
        try:
            asked = msgspec.convert(args, AskedDrill)
        except msgspec.ValidationError as error:
            raise ConfigError([f"{BAD_ARGUMENTS}{error}"]) from error
        if why := self._desk.open_drill(asked.wearer, asked.minutes):
            raise NoDrill(why)
        if asked.minutes:
            log.warning("drill opened", by=actor, minutes=asked.minutes)
        else:
            log.info("drill ended", by=actor)
        return {"wearer": asked.wearer, "minutes": asked.minutes}
