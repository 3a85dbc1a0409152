"""Frames that are longer than a notification: cut into pieces on their way to a band, and joined on their way from it."""

from __future__ import annotations

from collections.abc import Callable

from drivers.driver import Refusal, Refused

PIECE = 20  # what a notification or a write holds when nobody has agreed on more (ATT_MTU 23)
HALF_FRAME_LASTS_S = 1.0  # the rest of a frame comes within a few connection intervals, or never


class Joiner:
    """Joins the notifications of one characteristic to frames.

    `size` tells how long the frame that begins here is, None where too little of it is there to know. It raises Refused
    where this is no beginning of a frame; what has come is thrown away then.
    """

    def __init__(self, size: Callable[[bytes], int | None]) -> None:
        self._size = size
        self._held = b""
        self._since_s = 0.0

    def take(self, piece: bytes, now_s: float) -> list[bytes | Refusal]:
        """The frames that are whole with this piece, and what had to be thrown away."""
        found: list[bytes | Refusal] = []
        if self._held and now_s - self._since_s > HALF_FRAME_LASTS_S:
            found.append(Refusal("length", f"{len(self._held)} bytes of a frame, the rest did not come"))
            self._held = b""
        self._held += piece
        self._since_s = now_s
        while self._held:
            try:
                size = self._size(self._held)
            except Refused as why:
                found.append(why.refusal)
                self._held = b""
                break
            if size is None or len(self._held) < size:
                break
            found.append(self._held[:size])
            self._held = self._held[size:]
        return found


def pieces(data: bytes, size: int = PIECE) -> list[bytes]:
    """Cut at the size, without any mark."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def shortened(text: str, most_bytes: int) -> bytes:
    """In UTF-8, cut after the last whole character that fits."""
    return text.encode()[:most_bytes].decode(errors="ignore").encode()
