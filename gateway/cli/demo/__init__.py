"""`lifering demo`: the whole system on this machine, without radio and broker, telling a story as it happens."""

from __future__ import annotations

import argparse

from gateway.cli.demo.loading import told
from gateway.cli.usage import Parser, said, wrong
from gateway.errors import LiferingError
from gateway.language import spoken_here

SHORTEST_S = 20


def configure(parser: Parser) -> None:
    """The options of the verb."""
    parser.description = parser.words("demo")
    parser.add_argument(
        "--seconds",
        type=_seconds,
        metavar="N",
        help=parser.words("demo seconds").format(shortest=SHORTEST_S),
    )
    parser.add_argument("--no-web", action="store_true", help=parser.words("demo no web"))
    parser.add_argument("--language", choices=("zh-CN", "en"), default=spoken_here(), help=parser.words("demo language"))


def run(args: argparse.Namespace) -> int:
    """Shows the demo; 0 when everything that was accepted was delivered, else 1. Raises LiferingError."""
    try:
        with told(args.language):
            from gateway.cli.demo.performance import perform  # imports a broker and a Bluetooth stack
    except ModuleNotFoundError as missing:
        raise LiferingError(said(args.language, "demo_needs", name=missing.name)) from missing
    from gateway.cli.demo.windows import two_windows

    return perform(args.seconds, args.language, None if args.no_web else two_windows())


def _seconds(text: str) -> int:
    if text.isdecimal() and int(text) >= SHORTEST_S:
        return int(text)
    raise wrong("seconds_from", what=repr(text), least=SHORTEST_S)
