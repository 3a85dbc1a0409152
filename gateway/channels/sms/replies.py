"""What a person means who answers by SMS: `1`, `2`, and perhaps the alert's number, as telephones write them. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from msgspec import Struct

LONGEST = 64  # characters of an answer that can mean something
ANSWER = re.compile(r"([12])\s*(?:[,:;]?\s*(?:#\s*a?|a)\s*0*([0-9]{1,15}))?\s*[.!]*", re.ASCII)

Meaning = Literal["going", "cannot"]


class Answer(Struct, frozen=True):
    """`going` or `cannot`, and the number of the alert where one is named."""

    meaning: Meaning
    number: int | None = None


def read(text: str) -> Answer | None:
    """The answer; None: it is none."""
    if len(text) > LONGEST:
        return None
    plain = re.sub(r"[\ufe0f\u20e3]", "", unicodedata.normalize("NFKC", text))  # of a key that is drawn
    plain = re.sub(r"[\s\u200b-\u200f\ufeff]+", " ", plain).strip().lower()
    found = ANSWER.fullmatch(plain.replace("。", "."))
    if found is None:
        return None
    return Answer("going" if found[1] == "1" else "cannot", int(found[2]) if found[2] else None)
