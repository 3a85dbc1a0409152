"""How one sees in which language a text for people is."""

from __future__ import annotations

import re

CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
ENGLISH = re.compile(r"\b[a-z]{3,}\b")
NOT_TRANSLATED = {"mmHg"}
OTHER_LANGUAGE = {"中文", "Language 语言   1 中文   2 English"}  # where one chooses between them


def is_english(text: str) -> bool:
    """It has no Chinese character."""
    return not CHINESE.search(text) or text in OTHER_LANGUAGE


def is_chinese(text: str, english: str) -> bool:
    """It has a Chinese character, unless the same in English has no words: units, marks, names of things that are typed."""
    words = re.sub(r"\{[^}]*\}|`[^`]*`", "", english)
    return bool(CHINESE.search(text)) or not ENGLISH.search(words) or english in NOT_TRANSLATED
