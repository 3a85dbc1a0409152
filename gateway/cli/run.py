"""`lifering run`: the daemon (`gateway/daemon.py`). Its configuration is read beside, while this process imports the rest."""

from __future__ import annotations

import argparse
import os
import pwd
import sys
from contextlib import suppress
from pathlib import Path

from gateway.apart import PendingCall
from gateway.cli import INTERRUPTED, WELL, WRONG
from gateway.cli.usage import Parser, said
from gateway.settings.language import USUAL_FILE
from gateway.settings.reading import LOAD, told_if_it_hangs


def configure(parser: Parser) -> None:
    """The options of the verb."""
    parser.description = parser.words("run")
    parser.add_argument("--config", type=Path, default=USUAL_FILE, metavar="FILE", help=parser.words("config"))
    parser.add_argument("--record", type=Path, metavar="FILE", help=parser.words("run record"))
    parser.add_argument("--play", type=Path, metavar="FILE", help=parser.words("run play"))


def _in_the_way_of(folder: Path) -> str | None:
    """Whose the folder is, where root runs the gateway by hand: it would leave files that the service may not open."""
    if os.geteuid() != 0 or not sys.stdin.isatty():
        return None
    with suppress(OSError, KeyError):
        owner = folder.stat().st_uid
        return pwd.getpwuid(owner).pw_name if owner != 0 else None
    return None


def run(args: argparse.Namespace) -> int:
    """Runs until SIGTERM or SIGINT. Raises FaultySettings when the configuration or the recording is none, at the start."""
    reading = PendingCall(LOAD, args.config)
    from gateway import daemon, logs

    logs.set_up(level="info")  # what is to be told before anybody knows in which language
    with told_if_it_hangs(args.config):
        begun = reading.answer()
    if owner := _in_the_way_of(begun.settings.gateway.data_dir):
        words = said(begun.settings.gateway.language, "folder_of_service", what=begun.settings.gateway.data_dir, user=owner)
        print(f"lifering run: {words}", file=sys.stderr)
        return WRONG
    interrupted = daemon.run(args.config, begun, args.record, args.play)
    return INTERRUPTED if interrupted else WELL
