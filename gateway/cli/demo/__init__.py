"""`lifering demo`: the whole system on this machine, without radio and broker, telling a story as it happens."""

from __future__ import annotations

import argparse

from gateway.cli.usage import said, wrong
from gateway.errors import LiferingError
from gateway.language import spoken_here

SHORTEST_S = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the verb."""
    parser.description = (
        "Virtual wristbands on a virtual radio, a hub and a modem on pseudo-terminals, a broker, a platform and the phone of"
        " somebody on duty, and between them the real gateway. Tells a story in under a minute, then lives on until Ctrl-C."
        " All people in it are invented."
    )
    parser.add_argument(
        "--seconds",
        type=_seconds,
        metavar="N",
        help=f"end after N seconds ({SHORTEST_S} or more) with the account; not before the story is told",
    )
    parser.add_argument(
        "--no-web", action="store_true", help="accepted for scripts; the demo has no web page yet, so nothing changes"
    )
    parser.add_argument("--language", choices=("zh-CN", "en"), default=spoken_here(), help="default: as LANG says")


def run(args: argparse.Namespace) -> int:
    """Shows the demo; 0 when everything that was accepted was delivered, else 1. Raises LiferingError."""
    try:
        from gateway.cli.demo.performance import perform  # imports a broker and a Bluetooth stack
    except ModuleNotFoundError as missing:
        raise LiferingError(said(args.language, "demo_needs", name=missing.name)) from missing
    return perform(args.seconds, args.language)


def _seconds(text: str) -> int:
    if text.isdecimal() and int(text) >= SHORTEST_S:
        return int(text)
    raise wrong("seconds_from", what=repr(text), least=SHORTEST_S)
