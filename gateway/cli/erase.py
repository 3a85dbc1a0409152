"""`lifering erase`: everything that is held of one wearer goes."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from gateway.cli import FAILED, WELL, WRONG
from gateway.cli.running_gateway import Declined, MayNotAsk, NotRunning, read_as, the_only, why_no_answer
from gateway.cli.stores import stores
from gateway.cli.usage import Parser
from gateway.control.protocol import STILL_OPEN
from gateway.errors import FaultySettings
from gateway.settings.file import load
from gateway.settings.language import USUAL_FILE
from gateway.settings.machine.credentials import within_reach
from gateway.store.erase import Erased, StillOpen
from gateway.words.stored import ERASE, STORES

COUNTED = ("readings", "gaps", "alerts", "events", "memories", "replies", "copies")


def configure(parser: Parser) -> None:
    """The options."""
    parser.add_argument("wearer", metavar="WEARER", help=parser.words("erase wearer"))
    parser.add_argument("--yes", action="store_true", help=parser.words("erase yes"))
    parser.add_argument("--json", action="store_true", help=parser.words("erase json"))
    parser.add_argument("--config", type=Path, default=USUAL_FILE, metavar="FILE", help=parser.words("config"))


@within_reach()
def run(args: argparse.Namespace) -> int:
    """1: an alert of theirs is open, the store refuses, or traces are left; 2: nobody could be asked."""
    if not args.wearer.strip():
        return _complain(_said("no wearer", args), WRONG)
    if not args.yes:
        if not sys.stdin.isatty():
            return _complain(_said("nobody asked", args), WRONG)
        if input(_said("ask", args)).strip().lower() not in ("y", "yes", "是"):
            return _complain(_said("kept", args), FAILED)
    try:
        with stores(args) as ask:
            line = the_only(ask("erase", {"wearer": args.wearer}))
        erased = read_as(line, Erased)
    except NotRunning:
        return _complain(STORES["ended"].of(args.spoken), FAILED)
    except (Declined, MayNotAsk, StillOpen) as why:
        return _complain(_why(why, args), FAILED)
    print(json.dumps(line, ensure_ascii=False) if args.json else "\n".join(_counts(erased, args)))
    for left in _left(erased, args):
        print(left, file=sys.stderr)
    return FAILED if erased.unclean or erased.locked else WELL


def _why(why: Declined | MayNotAsk | StillOpen, args: argparse.Namespace) -> str:
    if str(why).startswith(STILL_OPEN):
        return _said("open", args, alerts=str(why).removeprefix(STILL_OPEN))
    return str(why) if isinstance(why, StillOpen) else why_no_answer(why, args.spoken)


def _counts(erased: Erased, args: argparse.Namespace) -> list[str]:
    counts = msgspec.to_builtins(erased)
    if not any(counts[name] for name in COUNTED):
        return [_said("nothing", args)]
    return [_said(line, args, **counts) for line in ("readings", "alerts", "rest")]


def _left(erased: Erased, args: argparse.Namespace) -> Iterator[str]:
    """What is still there of them."""
    yield from (_said("unclean", args, file=file) for file in erased.unclean)
    yield from (_said("locked", args, file=file) for file in erased.locked)
    yield from (_said("other", args, file=file) for file in erased.others)
    try:
        addresses = [band.address for band in load(args.config).bands.values() if band.wearer == args.wearer]
    except FaultySettings:
        yield _said("roster left", args)
    else:
        yield _said("roster", args, addresses=" ".join(addresses)) if addresses else _said("roster left", args)


def _said(name: str, args: argparse.Namespace, **facts: object) -> str:
    return ERASE[name].of(args.spoken).format(**{"wearer": args.wearer, **facts})


def _complain(what: str, code: int) -> int:
    print(f"lifering erase: {what}", file=sys.stderr)
    return code
