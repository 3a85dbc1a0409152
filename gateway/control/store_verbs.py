"""`export`, `erase` and `copy` as the control socket answers them; where no gateway runs the command line asks here itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Annotated, Literal, TypeVar

import msgspec
import structlog
from msgspec import Meta, Struct

from gateway.control.protocol import BAD_ARGUMENTS, STILL_OPEN
from gateway.errors import LiferingError
from gateway.formats.times import from_rfc3339
from gateway.store import export
from gateway.store.copying import copy_both
from gateway.store.erase import StillOpen, erase
from gateway.store.export_lines import Wanted
from gateway.store.stores import Stores

log = structlog.get_logger()

Line = Mapping[str, object]
Lines = AsyncGenerator[Line]


class BadArguments(LiferingError):
    """What was asked cannot be asked like that."""


class Export(Struct, frozen=True, rename={"from_": "from"}):
    """The arguments of `export`. Times are RFC 3339. `verify`: no lines, but what a check of the chain finds."""

    what: Literal["readings", "alerts"]
    from_: str | None = None
    to: str | None = None
    wearer: str | None = None
    verify: bool = False


class Erase(Struct, frozen=True):
    """The arguments of `erase`."""

    wearer: Annotated[str, Meta(min_length=1)]


class StoreVerbs:
    """`running`: other work goes on beside, and should not wait long. `forget`: what else remembers a wearer is told that they
    are erased."""

    def __init__(
        self, stores: Stores, gateway: str, *, running: bool, forget: Callable[[str], None] = lambda _wearer: None
    ) -> None:
        self._stores = stores
        self._gateway = gateway
        self._running = running
        self._forget = forget
        self._one_at_a_time = asyncio.Lock()

    @property
    def verbs(self) -> Mapping[str, Callable[[Mapping[str, object], str], Awaitable[Line | Lines]]]:
        """By name."""
        return {"export": self.export, "erase": self.erase, "copy": self.copy}

    async def export(self, args: Mapping[str, object], _actor: str) -> Lines:
        """A READING of the contract a line, or an event of an alert, or the one line of a check."""
        asked = _convert(args, Export)
        if asked.verify:
            return self._verify()
        wanted = Wanted(from_ms=_ms(asked.from_), to_ms=_ms(asked.to), wearer=asked.wearer)
        return self._readings(wanted) if asked.what == "readings" else self._alerts(wanted)

    async def _readings(self, wanted: Wanted) -> Lines:
        async for reading in export.readings(self._stores.readings, wanted):
            yield msgspec.json.decode(reading)

    async def _alerts(self, wanted: Wanted) -> Lines:
        async for line in export.alert_lines(self._stores.alerts, wanted, gateway=self._gateway):
            yield msgspec.to_builtins(line)

    async def _verify(self) -> Lines:
        yield msgspec.to_builtins(await export.verify(self._stores.alerts))

    async def copy(self, _args: Mapping[str, object], actor: str) -> Line:
        """Where a whole copy of both databases lies now, for whoever may read there: who asked takes it away."""
        async with self._one_at_a_time:
            folder = await copy_both(self._stores)
        log.info("store copied", by=actor)
        return {"folder": str(folder)}

    async def erase(self, args: Mapping[str, object], actor: str) -> Line:
        """How much there was of each."""
        wearer = _convert(args, Erase).wearer
        async with self._one_at_a_time:
            try:
                erased = await erase(self._stores, wearer, running=self._running)
            except StillOpen as alerts:
                raise StillOpen(f"{STILL_OPEN}{alerts}") from alerts
            self._forget(wearer)
        log.warning("wearer erased", by=actor, erased=erased.readings, alerts=erased.alerts)
        line: Line = msgspec.to_builtins(erased)
        return line


Arguments = TypeVar("Arguments")


def _convert(args: Mapping[str, object], kind: type[Arguments]) -> Arguments:
    try:
        return msgspec.convert(args, kind)
    except msgspec.ValidationError as error:
        raise BadArguments(f"{BAD_ARGUMENTS}{error}") from error


def _ms(time: str | None) -> int | None:
    try:
        return None if time is None else from_rfc3339(time)
    except ValueError as error:
        raise BadArguments(f"{BAD_ARGUMENTS}{error}") from error
