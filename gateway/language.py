"""The languages in which people are spoken to, and which of them it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, NamedTuple

Language = Literal["en", "zh-CN"]


class Said(NamedTuple):
    """The same thing in each language; `{}` is filled in by whoever says it."""

    english: str
    chinese: str

    def of(self, language: Language) -> str:
        """In this language."""
        return self.chinese if language == "zh-CN" else self.english


def spoken_here(environment: Mapping[str, str] = os.environ) -> Language:
    """The language of whoever sits at this machine, where no configuration can be asked: that of LC_ALL, LC_MESSAGES, LANG."""
    spoken = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return "zh-CN" if spoken.startswith("zh") else "en"


def read_here() -> Language | None:
    """The language that whoever sits here reads for certain; None: not known, for a machine comes with an English LANG."""
    spoken = spoken_here()
    return spoken if spoken == "zh-CN" else None
