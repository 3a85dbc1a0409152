"""What is fuzzed: a reader of bytes, with the promises that it keeps whatever comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from tests.steps import steps


class Target(Struct, frozen=True, kw_only=True):
    """One reader. `take` raises (AssertionError, or whatever was not to be raised) where it breaks a promise.

    `seeds`: good inputs, from which a search begins. `words`: what it looks for. `longest`: bytes of an input that are worth
    trying.
    `may_take`: steps for any input, and for each of its bytes; what needs more is an attack.
    """

    name: str
    take: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]
    words: Sequence[str] = ()
    longest: int = 1024
    may_take: tuple[int, int] = (200_000, 4_000)


def take_counted(target: Target, data: bytes) -> None:
    """The same as `take`, and no more steps than its length allows."""
    _, taken = steps(lambda: target.take(data))
    always, a_byte = target.may_take
    assert taken <= always + a_byte * len(data), f"{taken} steps for {len(data)} bytes"


class Script:
    """Reads an input as what is to happen, piece by piece; when it is over, nothing more happens."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def over(self) -> bool:
        """Whether all of it was read."""
        return self._at >= len(self._data)

    def octet(self) -> int:
        """The next one; 0 at the end."""
        return self.take(1)[0] if not self.over else 0

    def take(self, count: int) -> bytes:
        """The next so many, or as many as there are."""
        taken = self._data[self._at : self._at + count]
        self._at += len(taken)
        return taken

    def piece(self) -> bytes:
        """So many bytes as the next octet says."""
        return self.take(self.octet())

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(len(self._data))


def piece(data: bytes) -> bytes:
    """As `Script.piece` reads it; what is too long is cut."""
    return bytes((min(len(data), 255),)) + data[:255]
