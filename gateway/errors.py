"""The errors of the gateway, divided by what the catcher does.

LiferingError
├── ConfigError    tell the technician everything, exit 2
│   ├── FaultySettings   ... by codes and facts, which have words in both languages
│   └── StoreNotOurs     ... the databases are another process's
├── SourceLost     a band, an adapter, a port is away: try again later
├── UplinkLost     the broker is away or refuses us: try again later
├── BrokerRefused  the broker is there and does not take this message: keep it, go on with the others
└── StoreBroken    the disk does not do its work: say so loudly, go on in memory
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.language import Language, Said
from gateway.mistake import Mistake


class LiferingError(Exception):
    """Every error that this program raises on purpose."""


class ConfigError(LiferingError):
    """The configuration is not valid. `problems` has a line for each: `FILE:LINE: key: what is wrong, what would be right`."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class FaultySettings(ConfigError):
    """`gateway.toml`, or a file that it names, has these mistakes; `language` is the one that it asks for, None: none."""

    def __init__(self, mistakes: Sequence[Mistake], language: Language | None) -> None:
        super().__init__([f"{one.file}:{one.line}: {one.key}: {one.code}" for one in mistakes])
        self.mistakes = tuple(mistakes)
        self.language = language

    def __reduce__(self) -> tuple[object, ...]:  # type: ignore[explicit-override]  # from 3.12 on
        return type(self), (self.mistakes, self.language)


class StoreNotOurs(ConfigError):
    """The store may not be used by this program now; `why` says who else has it, and what to do."""

    def __init__(self, why: Said) -> None:
        super().__init__([why.english])
        self.why = why


class SourceLost(LiferingError):
    """A band, an adapter or a serial port is not there (any more)."""


class UplinkLost(LiferingError):
    """The broker is not there (any more), or refuses the connection. `why`: for the person who has to mend it."""

    def __init__(self, why: Said) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:  # type: ignore[explicit-override]  # typing.override is of Python 3.12
        return self.why.english


class BrokerRefused(LiferingError):
    """The broker answered a message with this reason code (MQTT 5, 2.4): it does not have it."""


class StoreBroken(LiferingError):
    """The disk refuses: full, read-only, an I/O error, a file that is no database."""
