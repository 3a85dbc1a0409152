"""Takes what a modem says apart: echoes, unasked lines, answers, final lines, the prompt. Pure.

A line ends with CR, LF or both, in any number. The prompt has no end: it is a `>` alone behind a line end, and only looked for
while a message waits to be handed over. An echo may be cut in the middle by an unasked line, and goes on behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from gateway.channels.sms.errors import NOT_THERE
from gateway.channels.sms.unsolicited import News, news_of

LONGEST_LINE = 1024  # octets; a PDU has at most 352 digits
LINE_END = re.compile(rb"[\r\n]")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
HEXADECIMAL = re.compile(r"[0-9A-F]{4,}")
FINAL = re.compile(r"(OK|ERROR|\+CM[SE] ERROR:.*|" + NOT_THERE + ".*)", re.IGNORECASE)
PREFIX = re.compile(r"AT([+^*$][A-Z]+)")
LINE_OF_TWO: frozenset[News] = frozenset({"message", "report"})


class ModemLine(NamedTuple):
    """One thing that the modem said. `news` is there of unasked lines, `pdu` of those that bring one."""

    kind: Literal["prompt", "final", "answer", "news", "text"]
    text: str = ""
    news: News = "nothing"
    pdu: str = ""


class LineReader:
    """`feed` it what comes. `strange` counts the lines that nobody waited for."""

    def __init__(self) -> None:
        self.strange = 0
        self.speaks_huawei = False
        self._line = bytearray()
        self._too_long = False
        self._in_flight = False
        self._prefix = ""
        self._echo = ""  # what may still be heard of it
        self._prompt = False
        self._first_of_two: ModemLine | None = None

    def sent(self, command: str, *, prompt: bool = False) -> None:
        """This is in flight now: its echo is dropped, its answers are known by their beginning."""
        found = PREFIX.match(command)
        self._in_flight = bool(command)
        self._prefix = f"{found[1]}:" if found else ""
        self._echo = command
        self._prompt = prompt

    def sent_pdu(self, pdu: str) -> None:
        """Behind the prompt: the command is still the same, the echo is another."""
        self._echo = pdu
        self._prompt = False

    def feed(self, data: bytes) -> Iterator[ModemLine]:
        """What became whole. A line that has no end is thrown away when it is longer than any can be."""
        *ended, begun = LINE_END.split(data)
        for piece in ended:
            self._add(piece)
            line, self._line = bytes(self._line), bytearray()
            too_long, self._too_long = self._too_long, False
            if too_long:
                self.strange += 1
            else:
                yield from self._whole(line)
        self._add(begun)
        if self._prompt and self._line.strip() == b">":
            self._line.clear()
            self._prompt = False
            yield ModemLine("prompt")

    def _add(self, piece: bytes) -> None:
        self._line += piece[: LONGEST_LINE + 1]
        if len(self._line) > LONGEST_LINE:
            self._line.clear()
            self._too_long = True

    def _whole(self, line: bytes) -> Iterator[ModemLine]:
        text = CONTROL.sub("", line.decode("ascii", "replace")).strip()
        if text and not self._is_echo(text):
            heard = self._sort(text)
            if heard is not None:
                yield heard

    def _is_echo(self, text: str) -> bool:
        """Of the command in flight, or of a piece of it."""
        if not self._echo.startswith(text) or (len(text) < 2 and len(self._echo) > 1):
            return False
        self._echo = self._echo[len(text) :]
        return True

    def _sort(self, text: str) -> ModemLine | None:
        if self._prompt and text == ">":
            self._prompt = False
            return ModemLine("prompt")
        if self._first_of_two is not None and HEXADECIMAL.fullmatch(text.upper()):
            first, self._first_of_two = self._first_of_two, None
            return first._replace(pdu=text.upper())
        self.speaks_huawei |= text.startswith("^")
        news = news_of(text, self._prefix)
        if news in LINE_OF_TWO:
            self._first_of_two = ModemLine("news", text, news)
            return None
        if news is not None:
            return ModemLine("news", text, news)
        if FINAL.fullmatch(text):
            return self._final(text)
        if self._prefix and text.upper().startswith(self._prefix):
            return ModemLine("answer", text)
        self.strange += not self._in_flight
        return ModemLine("text", text)

    def _final(self, text: str) -> ModemLine:
        self._first_of_two = None
        self._in_flight = False
        self._prefix = self._echo = ""
        self._prompt = False
        return ModemLine("final", text.upper() if "ERROR:" not in text.upper() else text)
