"""`lifering replay`: the rules, the supervision and the ladder on a virtual clock, offline: lines in, lines out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import BinaryIO

import msgspec

import drivers
from gateway.choices import Choices, choices_of
from gateway.cli import FAILED, WELL
from gateway.cli.usage import WRONG, Parser, said
from gateway.language import Language
from gateway.logger import silence
from gateway.replay.known_drivers import KnownDrivers
from gateway.replay.lines import BadLine
from gateway.replay.replaying import Replay
from gateway.replay.source import Source
from gateway.replay.stats import Stats
from gateway.replay.usual_choices import usual_choices
from gateway.settings.shipped import shipped_table
from gateway.words.replay import BAD_LINES


def configure(parser: Parser) -> None:
    """The options."""
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help=parser.words("replay file"))
    parser.add_argument(
        "--config",
        type=Path,
        action="append",
        metavar="FILE",
        help=parser.words("replay config"),
    )
    parser.add_argument("--no-receipts", action="store_true", help=parser.words("replay no receipts"))
    parser.add_argument("--stats", action="store_true", help=parser.words("replay stats"))
    parser.add_argument("--json", action="store_true", help=parser.words("replay json"))


def run(args: argparse.Namespace) -> int:
    """1: there was a bad line; 2: configurations stand side by side only as figures."""
    if len(args.config or ()) > 1 and not args.stats:
        print(f"lifering replay: {said(args.spoken, 'several_configs')}", file=sys.stderr)
        return WRONG
    with silence(), _opened(args.file) as file, closing(Source(file)) as source:
        if args.stats:
            return _stats(source, args)
        replay = Replay(source, *given(args.config[-1] if args.config else None), receipts=not args.no_receipts)
        out = sys.stdout.buffer
        replay.run(out.write, _complain(args.spoken))
        out.flush()
        return FAILED if replay.bad_lines else WELL


def _opened(name: str) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb")


def given(config: Path | None) -> tuple[Choices, KnownDrivers]:
    """What is asked for, and the drivers that there may be."""
    if config is None:
        return usual_choices(shipped_table()), KnownDrivers(lambda: drivers.DRIVERS)
    from gateway.settings.for_replay import load_for_replay  # slow to import, and not always wanted

    found = load_for_replay(config)
    choices = choices_of(found.settings, found.bands, shipped_table(), found.volunteers, found.duty_list)
    return choices, KnownDrivers(drivers.all_drivers)


def _complain(language: Language) -> Callable[[int, BadLine], None]:
    def complain(number: int, bad: BadLine) -> None:
        print(f"{number}: {BAD_LINES[bad.code].of(language).format(**bad.facts)}", file=sys.stderr)

    return complain


# --- what it comes to -------------------------------------------------------------------------------------------------


def _stats(source: Source, args: argparse.Namespace) -> int:
    """Of each configuration; bad lines are told once."""
    found: list[tuple[str, Stats]] = []
    bad_lines = 0
    configs: Sequence[Path | None] = args.config or [None]
    for config in configs:
        replay = Replay(source, *given(config), receipts=not args.no_receipts)
        complain = _complain(args.spoken) if not found else _told_already
        stats = replay.run(_nowhere, complain, counting=True)
        assert stats is not None  # they were asked for
        found.append(("" if config is None else str(config), stats))
        bad_lines += replay.bad_lines
    if args.json:
        of_all = found[0][1] if len(found) == 1 else dict(found)
        sys.stdout.write(msgspec.json.encode(of_all).decode() + "\n")
    else:
        from gateway.cli.replay_stats import table  # for people only

        print("\n".join(table(found, args.spoken)))
    return FAILED if bad_lines else WELL


def _nowhere(line: bytes) -> None:
    """Where only the stats are wanted."""


def _told_already(number: int, bad: BadLine) -> None:
    """By the run before."""
