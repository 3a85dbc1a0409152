"""Cuts a stream into lines of text and hands each to its driver; a lost byte costs its own line, no other.

A line ends with CR, LF, or both in whatever order; empty lines are nothing. Where the format has a start character ($), a line
begins there, wherever it stands: what stood before it belongs to no line, and a line that it breaks off is refused (`length`).
So is a line that is too long or has no end when the stream ends. Neighbouring lines of somebody else are one refusal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from drivers.driver import Item, Refusal, Refused


class TextLines:
    """A StreamDecoder. `read` gives what one line tells, without its start and its end, or raises Refused.

    `longest`: bytes of a line. It keeps no more than that.
    """

    def __init__(self, read: Callable[[bytes], Iterable[Item]], longest: int, start: bytes = b"") -> None:
        self._read = read
        self._longest = longest
        self._start = start
        self._cut = re.compile(b"([\r\n" + re.escape(start) + b"])")
        self._text = b""
        self._begun = not start
        self._astray = False  # the last line was somebody else's

    def feed(self, data: bytes) -> list[Item]:
        """What became whole with these bytes, in order."""
        items: list[Item] = []
        *whole, rest = self._cut.split(self._text + data)
        for text, end in zip(whole[::2], whole[1::2], strict=True):
            self._take(text, end, items)
        self._text = rest[: self._longest + 1]  # one more than it may have is enough to know that it is too long
        return items

    def close(self) -> list[Item]:
        """What is left over is refused, and the next line begins anew."""
        items: list[Item] = []
        if self._begun and (self._text or self._start):
            self._refuse(Refusal("length", f"{len(self._text)} bytes without a line end"), items)
        elif self._text:
            self._refuse(_NO_LINE, items)
        self._text, self._begun, self._astray = b"", not self._start, False
        return items

    def _take(self, text: bytes, end: bytes, items: list[Item]) -> None:
        if self._begun:
            try:
                items += self._line(text, end)
            except Refused as why:
                self._refuse(why.refusal, items)
        elif text:
            self._refuse(_NO_LINE, items)
        self._begun = end == self._start or not self._start

    def _line(self, text: bytes, end: bytes) -> Iterable[Item]:
        if end == self._start:
            raise Refused("length", "a line that another one breaks off")
        if len(text) > self._longest:
            raise Refused("length", f"a line of more than {self._longest} bytes")
        if not text and not self._start:
            return ()
        found = self._read(text)
        self._astray = False
        return found

    def _refuse(self, why: Refusal, items: list[Item]) -> None:
        foreign = why.reason == "not_mine"
        if not (foreign and self._astray):
            items.append(why)
        self._astray = foreign


_NO_LINE = Refusal("not_mine", "bytes that belong to no line")
