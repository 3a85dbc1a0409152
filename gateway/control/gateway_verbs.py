"""The verbs of the control socket that look at the gateway, and those that change who is heard and how much is logged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from gateway import logs
from gateway.apart import Call
from gateway.control.listening import Args, Line, Verb
from gateway.control.protocol import BAD_ARGUMENTS
from gateway.errors import ConfigError, FaultySettings
from gateway.events.event import Level
from gateway.language import Language
from gateway.settings.new_band import NewBand, Written, WrongBand
from gateway.settings.reading import told_if_it_hangs
from gateway.snapshot import Snapshot
from gateway.status import status_answer
from gateway.words.enrolling import doubt_in_words
from gateway.words.mistakes import in_words, text

Reload = Callable[[], Awaitable[None]]


class Enroll(msgspec.Struct):
    """The arguments of `enroll`. `key_file`: from where the configuration lies."""

    address: str
    driver: str
    wearer: str
    room: str = ""
    key_file: str | None = None


class Unenroll(msgspec.Struct):
    """The arguments of `unenroll`."""

    address: str


class SetLevel(msgspec.Struct):
    """The arguments of `log`."""

    level: Level


class GatewayVerbs:
    """`config`: the one that the gateway runs with. `reload` takes it over anew; raises FaultySettings, and nothing changes.
    `call`: what runs the functions that change the file."""

    def __init__(
        self, config: Path, snapshot: Callable[[], Snapshot], reload: Reload, language: Callable[[], Language], call: Call
    ) -> None:
        self._config, self._snapshot, self._reload, self._language, self._call = config, snapshot, reload, language, call

    @property
    def verbs(self) -> Mapping[str, Verb]:
        """By name."""
        return {
            "status": self.status,
            "enroll": self.enroll,
            "unenroll": self.unenroll,
            "reload": self.reload,
            "log": self.log,
        }

    async def status(self, _args: Args, _actor: str) -> Line:
        """How everything is."""
        answer: Line = msgspec.to_builtins(status_answer(self._snapshot()))
        return answer

    async def enroll(self, args: Args, _actor: str) -> Line:
        """As the verb of the command line does it, and it is heard when this returns."""
        given = _arguments(args, Enroll)
        key_file = self._config.parent / given.key_file if given.key_file else None
        band = NewBand(given.address, given.driver, given.wearer, given.room, key_file)
        return await self._change("enroll", band)

    async def unenroll(self, args: Args, _actor: str) -> Line:
        """It is not heard any more when this returns."""
        address = _arguments(args, Unenroll).address
        return await self._change("unenroll", address)

    async def _change(self, deed: str, what: object) -> Line:
        with self._in_words(), told_if_it_hangs(self._config):
            written: Written = await self._call(f"gateway.settings.enrolling:{deed}", self._config, what)
            await self._reload()
        answer: dict[str, object] = {"address": written.band.address, "wearer": written.band.wearer, "file": str(written.file)}
        if written.doubts:
            answer["warnings"] = [doubt_in_words(doubt, self._language()) for doubt in written.doubts]
        return answer

    async def reload(self, _args: Args, _actor: str) -> Line:
        """The configuration is in force when this returns."""
        with self._in_words():
            await self._reload()
        return {}

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        language = self._language()
        try:
            yield
        except FaultySettings as faulty:
            raise ConfigError([in_words(mistake, language) for mistake in faulty.mistakes]) from faulty
        except WrongBand as wrong:
            raise ConfigError([f"{mistake.key}: {text(mistake, language)}" for mistake in wrong.mistakes]) from wrong

    async def log(self, args: Args, _actor: str) -> Line:
        """So much is logged from now on."""
        logs.set_level(_arguments(args, SetLevel).level)
        return {}


Arguments = TypeVar("Arguments")


def _arguments(args: Args, kind: type[Arguments]) -> Arguments:
    try:
        return msgspec.convert(args, kind)
    except msgspec.ValidationError as error:
        raise ConfigError([f"{BAD_ARGUMENTS}{error}"]) from error
