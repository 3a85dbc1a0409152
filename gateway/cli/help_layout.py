"""`--help` in the language of whoever asks: argparse's own headings, and lines that fit a terminal in Chinese too."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator

from gateway.cli.columns import width
from gateway.language import Language
from gateway.words.help import FRAME

UNITS = re.compile(r"\s+|[\u2e80-\uffef]|[^\s\u2e80-\uffef]+")  # a line may end between two of these
NOT_FIRST = "，。；：、）”"  # marks that begin no line


class HelpLayout(argparse.HelpFormatter):
    """As argparse lays it out, in this language."""

    language: Language = "en"

    def add_usage(  # type: ignore[explicit-override]  # typing.override is of Python 3.12
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """With the word for it."""
        super().add_usage(usage, actions, groups, FRAME["usage"].of(self.language) if prefix is None else prefix)

    def _split_lines(self, text: str, width: int) -> list[str]:  # type: ignore[explicit-override]
        return list(wrapped(text, width))

    def _fill_text(self, text: str, width: int, indent: str) -> str:  # type: ignore[explicit-override]
        return "\n".join(indent + line for line in wrapped(text, width - len(indent)))


class ChineseLayout(HelpLayout):
    """The same in Chinese."""

    language = "zh-CN"


def wrapped(text: str, columns: int) -> Iterator[str]:
    """It in lines of at most so many columns, broken at blanks and between Chinese characters; a longer word stands whole."""
    line = ""
    for unit in UNITS.findall(text):
        if line and width((line + unit).rstrip()) > columns and unit not in NOT_FIRST:
            yield line.rstrip()
            line = ""
        line += unit if line else unit.lstrip()
    if line.strip():
        yield line.rstrip()
