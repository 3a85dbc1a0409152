"""What `enroll` and `unenroll` have in common: the file is changed, the running gateway takes it up, and both are told."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from gateway.cli import FAILED, WELL, WRONG
from gateway.cli.running_gateway import Declined, MayNotAsk, NotRunning, connected, why_no_answer
from gateway.cli.usage import Parser, wrong
from gateway.settings.data_folder import data_folder
from gateway.settings.language import USUAL_FILE
from gateway.settings.new_band import Written, WrongBand
from gateway.settings.replace_file import CannotWrite
from gateway.settings.values import ADDRESS, printed
from gateway.store.folder import is_held
from gateway.system_errors import told
from gateway.words.enrolling import ENROLLING, doubt_in_words
from gateway.words.mistakes import text

DONE = {"enroll": ("enrolled", "heard"), "unenroll": ("unenrolled", "not heard")}


def configuration(parser: Parser) -> None:
    """The option that names it."""
    parser.add_argument("--config", type=Path, default=USUAL_FILE, metavar="FILE", help=parser.words("config"))


def address(given: str) -> str:
    """An option's type: a Bluetooth address."""
    if not re.fullmatch(ADDRESS, given):
        raise wrong("no_address", what=repr(given))
    return printed(given)


def carry_out(verb: Literal["enroll", "unenroll"], args: argparse.Namespace, change: Callable[[], Written]) -> int:
    """Does it, and says what came of it; the exit code. Raises FaultySettings."""
    try:
        written = change()
    except WrongBand as wrong_band:
        for mistake in wrong_band.mistakes:
            _complain(verb, f"{mistake.key}: {text(mistake, args.spoken)}")
        return WRONG
    except CannotWrite as error:
        _complain(verb, _said("cannot write", args, file=error.path, why=told(error.why, args.spoken)))
        return FAILED
    for doubt in written.doubts:
        _complain(verb, doubt_in_words(doubt, args.spoken))
    done, taken_up = DONE[verb]
    print(_said(done, args, address=written.band.address, wearer=written.band.wearer, file=written.file))
    return _taken_up(verb, args, taken_up)


def _taken_up(verb: str, args: argparse.Namespace, how: str) -> int:
    folder = data_folder(args.config)
    try:
        with connected(folder) as gateway:
            gateway.one("reload")
    except NotRunning:
        if is_held(folder):
            _complain(verb, _said("does not listen", args))
            return FAILED
        print(_said("not running", args))
        return WELL
    except (Declined, MayNotAsk) as why:
        _complain(verb, _said("not taken up", args, why=why_no_answer(why, args.spoken)))
        return FAILED
    print(_said(how, args))
    return WELL


def _said(name: str, args: argparse.Namespace, **facts: object) -> str:
    return ENROLLING[name].of(args.spoken).format(**facts)


def _complain(verb: str, line: str) -> None:
    print(f"lifering {verb}: {line}", file=sys.stderr)
