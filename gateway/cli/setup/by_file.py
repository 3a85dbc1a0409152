"""`lifering setup --from FILE`: the answers stand in a file on a USB stick, with certificates and the password beside it."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from gateway.cli import FAILED, WELL, WRONG
from gateway.cli.setup.answers import Answers
from gateway.cli.setup.answers_file import read
from gateway.cli.setup.asking import said, say
from gateway.cli.setup.finishing import checked, finished
from gateway.cli.setup.mending import mend_machine
from gateway.cli.setup.placing import SetUp, is_example, place, prepared, sources_of
from gateway.errors import FaultySettings
from gateway.language import Language
from gateway.mistake import Mistake
from gateway.settings import named_files
from gateway.settings.named_files import BadFile
from gateway.system_errors import told_of
from gateway.words.mistakes import in_words, text, what


def set_up_by_file(args: argparse.Namespace) -> int:
    """1: written, and something did not answer; 2: it cannot be so, and nothing was changed."""
    begun_s = time.monotonic()
    try:
        answers = read(args.answers, _text(args.answers))
    except FaultySettings as wrong:
        return _nothing(
            "\n".join(in_words(mistake, wrong.language) for mistake in wrong.mistakes), wrong.language or args.spoken
        )
    language = answers.language
    try:
        sources = sources_of(answers, args.answers.parent)
    except BadFile as bad:
        return _nothing(f"{args.answers}: {what(bad.code, bad.facts, language)}", language)
    new = prepared(args.config, answers, sources)
    if not (is_example(args.config) or args.replace or _was_begun(args.config, new)):
        return _nothing(said("replace", language, file=args.config), language)
    if new.mistakes:
        return _nothing("\n".join(f"{mistake.key}: {text(mistake, language)}" for mistake in new.mistakes), language)
    try:
        kept = place(args.config, answers, sources)
    except OSError as error:
        return _nothing(
            said("cannot write", language, file=error.filename, why=told_of(error, language)),
            language,
            FAILED,
        )
    say("written", language, file=args.config)
    for file in kept:
        say("kept", language, file=file)
    return _seen(args, answers, len(new.examined.bands), begun_s)


def _text(path: Path) -> str:
    """Of the file of answers. Raises FaultySettings."""
    try:
        return named_files.content(path).decode("utf-8-sig")
    except BadFile as bad:
        raise FaultySettings([Mistake(str(path), 1, "file", bad.code, bad.facts)], None) from bad
    except UnicodeDecodeError as error:
        raise FaultySettings([Mistake(str(path), 1, "file", "file_is_not_utf8")], None) from error


def _was_begun(config: Path, new: SetUp) -> bool:
    """Whether these answers are in it already: the set-up was cut off behind that."""
    return config.read_bytes() == new.files[config]


def _seen(args: argparse.Namespace, answers: Answers, bands: int, begun_s: float) -> int:
    mend_machine(args, answers.language)
    if not checked(args, answers.language):
        return FAILED
    code = finished(args, answers.language, bands=bands, begun_s=begun_s)
    return WELL if code == WELL else FAILED


def _nothing(why: str, language: Language, code: int = WRONG) -> int:
    for line in why.splitlines():
        print(f"lifering setup: {line}", file=sys.stderr)
    print(f"lifering setup: {said('nothing changed', language)}", file=sys.stderr)
    return code
