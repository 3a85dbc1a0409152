"""A wristband that is to be enrolled, what was written for it, and why it cannot be: what who asks for it has to know. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from gateway.errors import ConfigError
from gateway.mistake import Mistake
from gateway.readings import Enrolment


class NewBand(NamedTuple):
    """A wristband to be enrolled; `key_file` holds its key in hexadecimal digits."""

    address: str
    driver: str
    wearer: str
    room: str = ""
    key_file: Path | None = None


class Written(NamedTuple):
    """What was enrolled, or is no more, the file in which that was written, and what is perhaps not meant of it."""

    band: Enrolment
    file: Path
    doubts: Sequence[Mistake] = ()


class WrongBand(ConfigError):
    """The configuration is well, what was asked for is not; the `key` of each mistake names a part of a NewBand."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__([f"{mistake.key}: {mistake.code}" for mistake in mistakes])
        self.mistakes = tuple(replace(mistake, key=mistake.key.removeprefix("wristband.")) for mistake in mistakes)

    def __reduce__(self) -> tuple[object, ...]:  # type: ignore[explicit-override]  # from 3.12 on
        return type(self), (self.mistakes,)
