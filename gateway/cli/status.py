"""`lifering status`: how the running gateway is."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from gateway.cli import FAILED, WELL
from gateway.cli.running_gateway import Declined, MayNotAsk, NotRunning, connected, read_as, why_no_answer
from gateway.cli.status_page import page
from gateway.cli.usage import Parser
from gateway.settings.data_folder import data_folder
from gateway.settings.language import USUAL_FILE
from gateway.status import StatusAnswer


def configure(parser: Parser) -> None:
    """The options."""
    parser.add_argument("--config", type=Path, default=USUAL_FILE, metavar="FILE", help=parser.words("config"))
    parser.add_argument("--json", action="store_true", help=parser.words("one object"))


def run(args: argparse.Namespace) -> int:
    """Exit code 1: it does not run."""
    try:
        with connected(data_folder(args.config)) as gateway:
            answer = gateway.one("status")
        shown = _shown(answer, args)
    except (NotRunning, MayNotAsk, Declined) as why:
        if args.json and isinstance(why, NotRunning):
            print(json.dumps({"running": False}))
        else:
            print(f"lifering status: {why_no_answer(why, args.spoken)}", file=sys.stderr)
        return FAILED
    print(shown)
    return WELL


def _shown(answer: dict[str, Any], args: argparse.Namespace) -> str:
    if args.json:
        return json.dumps(answer, ensure_ascii=False)
    return "\n".join(page(read_as(answer, StatusAnswer), args.spoken))
