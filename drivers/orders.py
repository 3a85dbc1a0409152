"""Orders: what the gateway wants of a device, and what came of one. One vocabulary from the driver to the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from drivers.measurement import Kind

OutcomeWord = Literal["done", "sent", "unsupported", "unreachable", "busy", "failed"]


class Outcome(Struct, frozen=True):
    """What came of an order; `why` says in words why not.

    `done`: the device confirmed it; `sent`: it has the order, and devices of its kind never say whether they obeyed;
    `unsupported`: it cannot; `unreachable`: it, or its hub, is not there or does not answer; `busy`: it does something else;
    `failed`: it tried, and it came to nothing.
    """

    result: OutcomeWord
    why: str = ""


def _snake_case(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


class _Order(Struct, frozen=True, tag_field="do", tag=_snake_case):
    @property
    def name(self) -> str:
        """How it is called in logs and vectors: `set_clock`."""
        return str(self.__struct_config__.tag)


class Visit(_Order, frozen=True):
    """Set the clock, tell the battery, and what comes by itself."""


class Listen(_Order, frozen=True):
    """Tell what comes by itself, and nothing besides. It is never answered."""


class Measure(_Order, frozen=True):
    """Measure a kind, or everything that the device can; `stream`: for a while, not once."""

    kind: Kind | None = None
    stream: bool = False


class Fetch(_Order, frozen=True, kw_only=True):
    """Tell stored records, the oldest first, of a kind or of all.

    `since`: those from this local time on (no zone); None: all, or all since they were fetched last. A device that numbers its
    slots is told `user`, `from_slot` and `slots` instead. `delete`: they may be deleted once they are on our disk.
    """

    kind: Kind | None = None
    since: datetime | None = None
    user: int | None = None
    from_slot: int | None = None
    slots: int | None = None
    delete: bool = False


class Vibrate(_Order, frozen=True):
    """Vibrate. `level`: 1 "received", 2 "help is on the way", 0 stop (as Alert Level, 2A06: mild, high, none)."""

    level: int = 1


class Find(_Order, frozen=True):
    """Let itself be found: blink, buzz, ring."""


class ShowText(_Order, frozen=True):
    """Show a text."""

    text: str


class Automatic(_Order, frozen=True):
    """Measure a kind, or all that can be, by itself every so many minutes; 0: not any more."""

    minutes: int = 30
    kind: Kind | None = None


class SetClock(_Order, frozen=True):
    """Set the clock to the local time."""


class Pair(_Order, frozen=True):
    """Take the key of the roster, once, while a person holds the device in its pairing mode."""


Order = Visit | Listen | Measure | Fetch | Vibrate | Find | ShowText | Automatic | SetClock | Pair
