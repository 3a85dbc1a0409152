"""`lifering setup`: from a fresh box to an answered test alert, by questions, or by a file on a USB stick."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gateway.cli import WRONG
from gateway.cli.setup.by_file import set_up_by_file
from gateway.cli.setup.by_questions import set_up_by_questions
from gateway.cli.setup.report import reported
from gateway.cli.usage import Parser
from gateway.settings.language import USUAL_FILE
from gateway.settings.machine.credentials import within_reach
from gateway.words.setup import SETUP


def configure(parser: Parser) -> None:
    """The options."""
    parser.add_argument("--from", dest="answers", type=Path, metavar="FILE", help=parser.words("setup from"))
    parser.add_argument("--report", type=Path, metavar="FILE", help=parser.words("setup report"))
    parser.add_argument("--replace", action="store_true", help=parser.words("setup replace"))
    parser.add_argument("--no-fix", dest="mend", action="store_false", help=parser.words("setup no fix"))
    parser.add_argument("--port", action="append", default=[], metavar="P", help=parser.words("setup port"))
    parser.add_argument("--seconds", type=float, default=60.0, metavar="N", help=parser.words("setup seconds"))
    parser.add_argument("--config", type=Path, default=USUAL_FILE, metavar="FILE", help=parser.words("setup config"))


@within_reach()
def run(args: argparse.Namespace) -> int:
    """1: it is written, and something did not answer; 2: it cannot be so, and nothing was changed."""
    if args.answers:
        with reported(args.report or args.answers.with_name(f"{args.answers.name}.report.txt")):
            return set_up_by_file(args)
    if not sys.stdin.isatty():
        print(f"lifering setup: {SETUP['no terminal'].of(args.spoken)}", file=sys.stderr)
        return WRONG
    with reported(args.report):
        return set_up_by_questions(args)
