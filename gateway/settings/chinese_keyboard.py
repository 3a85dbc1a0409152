"""Finds the characters of a Chinese keyboard where those of an English one are wanted: “ ” ＝ ， １. Pure."""

from __future__ import annotations

import unicodedata

# Beside the full-width forms, which Unicode itself knows to be the same (NFKC).
ALSO = {
    **dict.fromkeys("“”„‟〝〞‘’‚‛「」『』", '"'),
    **dict.fromkeys("–—−", "-"),
    "、": ",",
    "。": ".",
    "【": "[",
    "】": "]",
}
SPACE = "\u3000"


def half_width(text: str) -> str:
    """The text with full-width characters as those of an English keyboard, and without blanks around it."""
    return "".join(map(_half, text)).strip()


def _half(character: str) -> str:
    is_full = unicodedata.east_asian_width(character) == "F"
    return unicodedata.normalize("NFKC", character) if is_full else character


def found_in(text: str) -> dict[str, str]:
    """Each such character in the text, in order, and what to write instead; letters and digits as one."""
    found: dict[str, str] = {}
    for character in text:
        right = "" if character.isascii() else ALSO.get(character) or unicodedata.normalize("NFKC", character)
        if len(right) != 1 or not right.isascii():
            continue
        if right.isdigit():
            found["０-９"] = "0-9"
        elif right.isalpha():
            found["Ａ-ｚ"] = "A-z"
        else:
            found[character] = right
    return found
