"""What is wrong in something that a person wrote, as a code and facts; `words/mistakes.py` has the words for it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

SECRET = re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]?){12,}[0-9A-Fa-f]?|(?<=//)[^/@\s]*@(?=[^/]*)")

# Characters that nobody sees, or that turn the order of what is written: two ids that look the same would be different.
INVISIBLE = (
    r"\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u3164\ufeff\uffa0\ufff0-\uffff"
)


class Mistake(Struct, frozen=True):
    """One thing that is wrong, or unwise: in which file and line, at which key, what."""

    file: str
    line: int
    key: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def shown(value: object) -> str:
    """A value as one writes it in the file, short and on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{plain(value)}"'
        case Mapping():
            return "{...}"
        case list() | tuple():
            return "[...]"
        case _:
            return plain(str(value))


def plain(text: str, longest: int = 48) -> str:
    """Text from outside, made harmless for a terminal and a log; what looks like a key or a password is left out of it."""
    text = SECRET.sub("[...]", text)
    text = re.sub(rf"[^\S ]|[{INVISIBLE}]", "?", text)
    return text if len(text) <= longest else text[: longest - 3] + "..."
