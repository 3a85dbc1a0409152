"""Finds frames of which the first byte has bit 7 set and no other has, and believes them only in a stream that makes sense.

Without a checksum any noise, and every other device, looks like such a frame now and then. So a frame counts when the next one
begins where it ends, and is whole too, or lacks a single byte; or when the stream pauses. Whatever else stands there makes the
stream doubtful: a frame cut shorter, more bytes after a frame, more bytes before the first one than the rest of a frame that
was under way when the line was opened. Then frames count again after so many whole ones in a row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from drivers.driver import Item, Refusal, Refused

_PIECE = re.compile(rb"[\x80-\xff]?[\x00-\x7f]*")
_LONGEST_PIECE = 256


class BitFrames:
    """A StreamDecoder of frames of so many bytes; `read` gives what one tells, or raises Refused."""

    def __init__(self, size: int, read: Callable[[bytes], Iterable[Item]], believed_after: int) -> None:
        self._size = size
        self._read = read
        self._believed_after = believed_after
        self._piece = b""  # what came since the last byte with bit 7 set, with it
        self._held = b""  # a whole frame that waits for the next
        self._whole = 0  # so many in a row
        self._doubtful = False
        self._astray = False

    def feed(self, data: bytes) -> list[Item]:
        """What became whole with these bytes, in order."""
        items: list[Item] = []
        pieces = [piece[0] for piece in _PIECE.finditer(self._piece + data) if piece[0]]
        for piece in pieces[:-1]:
            self._take(piece, items)
        self._piece = pieces[-1][:_LONGEST_PIECE] if pieces else b""
        return items

    def close(self) -> list[Item]:
        """What is left over counts where it is whole, else it is refused; a doubt stays."""
        items: list[Item] = []
        if self._piece:
            self._take(self._piece, items)
        self._release(items)
        self._piece, self._astray = b"", False
        return items

    def _take(self, piece: bytes, items: list[Item]) -> None:
        if piece[0] < 0x80:
            self._stray(piece, items)
        elif len(piece) == self._size:
            self._release(items)
            self._whole += 1
            self._doubtful = self._doubtful and self._whole < self._believed_after
            self._held = b"" if self._doubtful else piece
            self._astray = False
        else:
            self._broken(piece, items)

    def _stray(self, piece: bytes, items: list[Item]) -> None:
        self._doubtful = self._doubtful or len(piece) >= self._size
        if not self._astray:
            items.append(_STRAY)
        self._astray = True

    def _broken(self, piece: bytes, items: list[Item]) -> None:
        if self._whole and len(piece) == self._size - 1:
            self._release(items)
        else:
            self._held, self._doubtful = b"", True
        items.append(Refusal("length", f"a frame of {len(piece)} bytes, needs {self._size}"))
        self._whole, self._astray = 0, True

    def _release(self, items: list[Item]) -> None:
        """The frame that was held counts."""
        frame, self._held = self._held, b""
        if not frame:
            return
        try:
            items += self._read(frame)
        except Refused as why:
            items.append(why.refusal)


_STRAY = Refusal("not_mine", "bytes that belong to no frame")
