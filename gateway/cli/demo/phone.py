"""A small phone with the messages on it, drawn in characters. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fake_devices.phones import Sms
from gateway.cli.columns import padded, width

INSIDE = 34  # columns of the screen
BUBBLE = INSIDE - 4  # a message leaves room, so that one sees on which side it is
PIECES = re.compile(rf"[\u2e80-\uffef]|[^\s\u2e80-\uffef]{{1,{BUBBLE}}}|\s+")  # a line breaks at blanks and in Chinese
CLOSES = "。，、；：）】》”！？"  # never the first of a line


def drawn(title: str, messages: Sequence[Sms]) -> list[str]:
    """The phone, line by line: what came to it on the left, what was written there on the right."""
    bar = f"─ {title} "
    screen = [line for sms in messages for line in ("", *screen_lines(sms))][1:]
    return [
        f"╭{bar}{'─' * (INSIDE + 2 - width(bar))}╮",
        *(f"│ {padded(line, INSIDE)} │" for line in screen),
        f"╰{'─' * (INSIDE + 2)}╯",
    ]


def screen_lines(sms: Sms) -> Iterator[str]:
    """A message as it stands on the screen."""
    for line in wrapped(sms.text, BUBBLE):
        yield " " * (INSIDE - width(line)) + line if sms.answer else line


def wrapped(text: str, columns: int) -> Iterator[str]:
    """The text in lines of at most so many columns."""
    line = ""
    for piece in PIECES.findall(text):
        if width(line + piece) > columns and piece not in CLOSES:
            yield line.rstrip()
            line = ""
        line += piece if line or not piece.isspace() else ""
    yield line.rstrip()
