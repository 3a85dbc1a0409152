"""`--help` in the language of whoever asks: argparse's own headings, and lines that fit a terminal in Chinese too."""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Iterable

from gateway.cli.columns import wrapped
from gateway.language import Language
from gateway.words.help import FRAME

MARGIN = 5  # argparse takes the three characters of the word for usage for three columns; they are six


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
        return list(wrapped(text, columns=width))

    def _fill_text(self, text: str, width: int, indent: str) -> str:  # type: ignore[explicit-override]
        return "\n".join(indent + line for line in wrapped(text, columns=width - len(indent)))


class ChineseLayout(HelpLayout):
    """The same in Chinese."""

    language = "zh-CN"

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=shutil.get_terminal_size().columns - MARGIN)

    def format_help(self) -> str:  # type: ignore[explicit-override]
        """argparse puts its own colon behind the headings."""
        return re.sub("(?m)^([\u4e00-\u9fff]+):$", r"\1：", super().format_help())
