"""Frames that are longer than a notification: cut into pieces on their way to a band, and joined on their way from it."""

from __future__ import annotations

import re
from collections.abc import Callable

from drivers.driver import Refusal, Refused

PIECE = 20  # what a notification or a write holds when nobody has agreed on more (ATT_MTU 23)
HALF_FRAME_LASTS_S = 1.0  # the rest of a frame comes within a few connection intervals, or never


class Joiner:
    """Joins the notifications of one characteristic to frames.

    `size` tells how long the frame that begins here is, None where too little of it is there to know; it raises Refused
    where this is no beginning of a frame. Then everything that has come is thrown away, or, where `begins` matches what may
    be one, also cut off at the end, everything before the next. What is thrown away in a row is one refusal.
    """

    def __init__(self, size: Callable[[bytes], int | None], begins: re.Pattern[bytes] | None = None) -> None:
        self._size = size
        self._begins = begins
        self._held = b""
        self._since_s = 0.0
        self._in_noise = False

    def take(self, piece: bytes, now_s: float) -> list[bytes | Refusal]:
        """The frames that are whole with this piece, and what had to be thrown away."""
        found: list[bytes | Refusal] = []
        if now_s - self._since_s > HALF_FRAME_LASTS_S:
            found += self.rest()
        self._held += piece
        self._since_s = now_s
        while (size := self._size_of_next(found)) is not None and len(self._held) >= size:
            found.append(self._held[:size])
            self._held = self._held[size:]
            self._in_noise = False
        return found

    def rest(self) -> list[bytes | Refusal]:
        """Nothing more comes: what is left of a frame."""
        left, in_noise = self._held, self._in_noise
        self._held, self._in_noise = b"", False
        return [Refusal("length", f"{len(left)} bytes of a frame, the rest did not come")] if left and not in_noise else []

    def _size_of_next(self, found: list[bytes | Refusal]) -> int | None:
        while self._held:
            try:
                return self._size(self._held)
            except Refused as why:
                if not self._in_noise:
                    found.append(why.refusal)
                self._throw_away()
        return None

    def _throw_away(self) -> None:
        """Up to the next beginning, or all."""
        self._in_noise = self._begins is not None
        next_one = self._begins.search(self._held, 1) if self._begins else None
        self._held = self._held[next_one.start() :] if next_one else b""


def pieces(data: bytes, size: int = PIECE) -> list[bytes]:
    """Cut at the size, without any mark."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def shortened(text: str, most_bytes: int) -> bytes:
    """In UTF-8, cut after the last whole character that fits."""
    return text.encode()[:most_bytes].decode(errors="ignore").encode()
