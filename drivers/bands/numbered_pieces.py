"""Frames cut into numbered pieces: 20 bytes of the frame, then a number 00, 01, ... and up to 19 bytes in each."""

from __future__ import annotations

from collections.abc import Callable

from drivers.bands.pieces import HALF_FRAME_LASTS_S, PIECE, pieces
from drivers.driver import Refusal


class NumberedJoiner:
    """Joins the notifications of one characteristic to frames.

    `size` tells how long a frame is, from its first 20 bytes. Who knows better than that it is no beginning is whoever
    decodes the frame: what is no first piece of a longer one is given as it came.
    """

    def __init__(self, size: Callable[[bytes], int]) -> None:
        self._size = size
        self._held = b""
        self._next = 0
        self._since_s = 0.0

    def take(self, piece: bytes, now_s: float) -> list[bytes | Refusal]:
        """The frame that is whole with this piece, and what had to be thrown away."""
        if self._held and now_s - self._since_s > HALF_FRAME_LASTS_S:
            return [*self._lost(), *self.take(piece, now_s)]
        self._since_s = now_s
        if not self._held:
            return self._begin(piece)
        if piece[:1] != bytes((self._next,)):
            return [*self._lost(), *self._begin(piece)]
        self._held += piece[1:]
        self._next = (self._next + 1) % 256
        return self._whole() if len(self._held) >= self._size(self._held) else []

    def _begin(self, piece: bytes) -> list[bytes | Refusal]:
        self._held, self._next = piece, 0
        is_first = len(piece) == PIECE and self._size(piece) > PIECE
        return [] if is_first else self._whole()

    def _whole(self) -> list[bytes | Refusal]:
        frame, self._held = self._held, b""
        return [frame]

    def _lost(self) -> list[bytes | Refusal]:
        held, self._held = self._held, b""
        return [Refusal("length", f"{len(held)} bytes of a frame of {self._size(held)}, the rest did not come")]


def numbered_pieces(frame: bytes) -> list[bytes]:
    """The pieces of a frame, the first without a number."""
    rest = pieces(frame[PIECE:], PIECE - 1)
    return [frame[:PIECE], *(bytes((number % 256,)) + piece for number, piece in enumerate(rest))]
