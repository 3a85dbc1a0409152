"""Wrong usage of a command, told on one line in the language of whoever typed it."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from gateway.cli.help_layout import ChineseLayout, HelpLayout
from gateway.language import Language, spoken_here
from gateway.settings.language import USUAL_FILE, language_for
from gateway.words.command_line import LIST, USAGE
from gateway.words.help import FRAME, HELP

WRONG = 2

# What argparse says in English (Python 3.11 to 3.13), and the code that it is.
SAYINGS = (
    (re.compile(r"the following arguments are required: (?P<what>.+)"), "missing"),
    (re.compile(r"one of the arguments (?P<what>.+) is required"), "missing"),
    (re.compile(r"argument (?P<name>.+?): expected (?:one|at least one|\d+) arguments?"), "no_value"),
    (re.compile(r"unrecognized arguments: (?P<what>.+)"), "unknown"),
    (re.compile(r"argument (?P<name>.+?): ignored explicit argument (?P<what>.+)"), "unknown"),
    (re.compile(r"argument (?P<name>.+?): invalid \w+ value: (?P<what>.+)"), "no_number"),
    (re.compile(r"argument (?P<name>.+?): invalid choice: (?P<what>.+) \(choose from (?P<choices>.+)\)"), "no_choice"),
    (re.compile(r"ambiguous option: (?P<what>.+) could match (?P<choices>.+)"), "ambiguous"),
    (re.compile(r"argument (?P<name>.+?): not allowed with argument (?P<what>.+)"), "not_together"),
)
OURS = re.compile(r"argument (?P<name>.+?): (?P<wrong>\[.+\])")


class Parser(argparse.ArgumentParser):
    """An argparse parser whose complaints are one line of `words/command_line.py`, and whose help is of `words/help.py`."""

    language: Language

    def __init__(self, *, language: Language = "en", **settings: Any) -> None:
        layout = ChineseLayout if language == "zh-CN" else HelpLayout
        super().__init__(add_help=False, formatter_class=layout, **settings)
        self.language = language
        self._positionals.title = FRAME["arguments"].of(language)
        self._optionals.title = FRAME["options"].of(language)
        self.add_argument("-h", "--help", action="help", help=FRAME["help"].of(language))

    def words(self, code: str) -> str:
        """What `--help` says of an option, by its code in `words/help.py`."""
        return HELP[code].of(self.language)

    def error(self, message: str) -> NoReturn:  # type: ignore[explicit-override]  # typing.override is of Python 3.12
        """Tells it on stderr and ends with exit code 2."""
        hint = said(self.language, "help", prog=self.prog)
        self.exit(WRONG, f"{self.prog}: {in_words(message, self.language)}{hint}\n")


def wrong(code: str, **facts: object) -> argparse.ArgumentTypeError:
    """To raise by the `type` of an option: a code of `words/command_line.py` and its facts."""
    return argparse.ArgumentTypeError(json.dumps([code, facts]))


def said(language: Language, code: str, **facts: object) -> str:
    """The words of a code."""
    return USAGE[code].of(language).format(**facts)


def in_words(message: str, language: Language) -> str:
    """A complaint of argparse, or of the type of an option, in this language; one that we do not know stays as it is."""
    if ours := OURS.fullmatch(message):
        code, facts = json.loads(ours["wrong"])
        return f"{ours['name']}: {said(language, code, **facts)}"
    for pattern, code in SAYINGS:
        if found := pattern.fullmatch(message):
            return said(
                language, code, **{name: text.replace(", ", LIST.of(language)) for name, text in found.groupdict().items()}
            )
    return message


def language_of(arguments: Sequence[str]) -> Language:
    """The language of a command line: that of the configuration it names, or of the usual one.

    A replay knows no file of this machine that it was not given: without a configuration it speaks English, and what it
    prints is the same everywhere; its `--help` speaks as the terminal does.
    """
    for option, value in zip(arguments, [*arguments[1:], ""], strict=False):
        if option == "--config":
            return language_for(Path(value))
        if option.startswith("--config="):
            return language_for(Path(option.partition("=")[2]))
    if arguments[:1] == ["replay"]:
        return spoken_here() if {"-h", "--help"} & {*arguments} else "en"
    return language_for(USUAL_FILE)
