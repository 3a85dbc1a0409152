"""`lifering bundle`: a diagnosis in one file, to be sent to whoever helps, without anything of a person in it."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from gateway.cli import FAILED, WELL, WRONG
from gateway.cli.columns import padded
from gateway.cli.doctor import running
from gateway.cli.usage import Parser
from gateway.doctor.bundle import contents, pack
from gateway.doctor.examining import examine
from gateway.doctor.host import Host
from gateway.settings.language import USUAL_FILE
from gateway.system_errors import told_of
from gateway.words.bundle import BUNDLE, FILES

NAME, SIZE = 20, 9


def configure(parser: Parser) -> None:
    """The options."""
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help=parser.words("bundle file"))
    parser.add_argument("--yes", action="store_true", help=parser.words("bundle yes"))
    parser.add_argument("--config", type=Path, default=USUAL_FILE, metavar="FILE", help=parser.words("config"))


def run(args: argparse.Namespace) -> int:
    """1: it was not wanted, or could not be written; 2: nobody could be asked."""
    host, now = Host(), datetime.now(UTC)
    gateway = running(args.config, args.spoken, test_alert=False)
    seen = examine(host, args.config, gateway)
    file = args.file or Path(f"lifering-{seen.gateway or 'bundle'}-{now:%Y%m%d-%H%M%S}.tar.gz")
    files = contents(host, args.config, seen, gateway.status, version("lifering"))
    print(_said("contents", args, file=file))
    for name, content in files.items():
        print(f"  {padded(name, NAME)}{len(content):{SIZE},} B  {FILES[name].of(args.spoken)}")
    if not args.yes:
        if not sys.stdin.isatty():
            return _complain(_said("nobody asked", args), WRONG)
        if input(_said("ask", args)).strip().lower() not in ("y", "yes", "是"):
            return _complain(_said("not written", args), FAILED)
    try:
        pack(files, file, int(now.timestamp()))
    except OSError as error:
        return _complain(_said("cannot write", args, file=file, why=told_of(error, args.spoken)), FAILED)
    print(_said("written", args, file=file))
    return WELL


def _said(name: str, args: argparse.Namespace, **facts: object) -> str:
    return BUNDLE[name].of(args.spoken).format(**facts)


def _complain(what: str, code: int) -> int:
    print(f"lifering bundle: {what}", file=sys.stderr)
    return code
