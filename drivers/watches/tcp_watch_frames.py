"""The frames of `tcp-watch-3g`: what stands between two brackets, taken apart and put together. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from drivers.driver import Refusal, Refused

LONGEST = 16_384  # bytes without a closing bracket

_MAKER = re.compile(rb"[0-9A-Za-z]{2}")
_ID = re.compile(rb"[0-9]{5,15}")
_INDEX = re.compile(rb"[0-9A-Fa-f]{4}")
_HEX = re.compile(rb"[0-9A-Fa-f]+")


class WatchSender(Struct, frozen=True):
    """Who speaks, as it must be spoken to: its maker's letters, its id, the index where its maker has one."""

    maker: str
    id: str
    index: str = ""

    def frame(self, content: str) -> bytes:
        """A frame to it."""
        head = "*".join(part for part in (self.maker, self.id, self.index) if part)
        return f"[{head}*{len(content):04X}*{content}]".encode("ascii")


class WatchFrame(Struct, frozen=True):
    """One frame: from whom, the command as it was sent, its fields. `fits`: its length is as it says."""

    sender: WatchSender
    command: str
    fields: Sequence[str]
    fits: bool
    has_length: bool

    @property
    def content(self) -> tuple[str, ...]:
        """What a repeat has the same."""
        return (self.command, *self.fields)


def parse(inside: bytes) -> WatchFrame:
    """What stands between the brackets. Raises Refused (`not_mine`, `length`)."""
    parts = inside.split(b"*", 3)
    _check_head(parts, whole=len(parts) > 2)
    if len(parts) < 4:
        raise Refused("length", f"{len(parts)} parts, needs 4")
    maker, watch, length, content = parts
    index = b""
    if _INDEX.fullmatch(length) and _INDEX.fullmatch(content[:4]) and content[4:5] == b"*":
        index, length, content = length, content[:4], content[5:]
    has_length = _HEX.fullmatch(length) is not None
    words = content.decode("latin-1").split(",")
    return WatchFrame(
        sender=WatchSender(maker.decode(), watch.decode(), index.decode()),
        command=words[0].strip(),
        fields=words[1:],
        fits=has_length and int(length[-8:], 16) == len(content),
        has_length=has_length,
    )


def cut(inside: bytes) -> Refusal:
    """Why a frame without its end is refused."""
    try:
        _check_head(inside.split(b"*", 3), whole=False)
    except Refused as why:
        return why.refusal
    return Refusal("length", "a frame without its closing bracket")


def _check_head(parts: Sequence[bytes], *, whole: bool) -> None:
    """Maker and id, as far as they are there."""
    maker, watch = parts[0], parts[1] if len(parts) > 1 else None
    if watch is None and not whole:
        if len(maker) > 2:
            raise Refused("not_mine", "no maker of two letters")
        return
    fits = _ID.fullmatch(watch or b"") if whole or len(parts) > 2 else (watch or b"0").isdigit()
    if not _MAKER.fullmatch(maker) or not fits:
        raise Refused("not_mine", "neither maker nor id of a watch")
