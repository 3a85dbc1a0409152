"""Finds the frames of a binary stream: what is whole, what is broken, what belongs to nobody, and where to look next.

A run of bytes that belong to no frame is one refusal (`not_mine`). After a broken frame the search goes on within it, and
what it skips then belongs to that refusal. When the stream ends, or pauses, a frame that is begun is broken (`length`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from drivers.driver import Item, Refusal, Refused


class WholeFrame(NamedTuple):
    """A whole frame of so many bytes, and what it tells."""

    size: int
    items: Sequence[Item] = ()


class Broken(NamedTuple):
    """A frame that is refused; the search goes on after so many bytes."""

    why: Refusal
    size: int = 1


class Stray(NamedTuple):
    """So many bytes that belong to no frame."""

    size: int = 1


class Unclear(NamedTuple):
    """Too few bytes to say whether a frame begins here: more must come first, and if none come it is none."""


Found = WholeFrame | Broken | Stray | Unclear


class FrameSearch:
    """A StreamDecoder. `look(data, at)` says what stands at this place of the data; None: a frame that is not yet whole.

    It must come to a decision within the length of the longest frame, for so much is kept. What it raises breaks the frame.
    """

    def __init__(self, look: Callable[[bytes, int], Found | None]) -> None:
        self._look = look
        self._data = b""
        self._astray = False  # bytes that belong to no frame are refused already

    def feed(self, data: bytes) -> list[Item]:
        """What became whole with these bytes, in order."""
        items: list[Item] = []
        data, at = self._data + data, 0
        while at < len(data):
            found = self._found(data, at)
            if found is None or isinstance(found, Unclear):
                break
            at += self._take(found, items)
        self._data = data[at:]
        return items

    def close(self) -> list[Item]:
        """What is left over is refused, whole frames within it are found, and the search begins anew."""
        items: list[Item] = []
        data, at, cut = self._data, 0, False
        while at < len(data):
            found = self._found(data, at)
            if found is None and not cut:
                found, cut = Broken(_CUT), True
            elif found is None or isinstance(found, Unclear):  # within what is cut, another beginning is none
                found = Stray()
            at += self._take(found, items)
        self._data, self._astray = b"", False
        return items

    def _found(self, data: bytes, at: int) -> Found | None:
        try:
            return self._look(data, at)
        except Refused as why:
            return Broken(why.refusal)

    def _take(self, found: WholeFrame | Broken | Stray, items: list[Item]) -> int:
        match found:
            case WholeFrame():
                items += found.items
                self._astray = False
            case Broken():
                items.append(found.why)
                self._astray = True
            case Stray() if not self._astray:
                items.append(_STRAY)
                self._astray = True
        return found.size


_STRAY = Refusal("not_mine", "bytes that belong to no frame")
_CUT = Refusal("length", "the stream ended within a frame")


def stray_before(data: bytes, at: int, head: bytes) -> Stray | None:
    """The bytes before the next place where the head stands, or begins at the very end; None: it stands here."""
    place = data.find(head, at)
    if place < 0:
        begun = next((size for size in range(len(head) - 1, 0, -1) if data.endswith(head[:size], at)), 0)
        place = len(data) - begun
    return Stray(place - at) if place > at else None
