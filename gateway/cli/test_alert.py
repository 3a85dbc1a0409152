"""`lifering test-alert`: sends a marked test alert through the whole chain, and tells each step."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from gateway.cli import FAILED, WELL
from gateway.cli.running_gateway import Declined, MayNotAsk, NotRunning, connected, read_as, why_no_answer
from gateway.cli.usage import Parser, wrong
from gateway.language import Language
from gateway.settings.data_folder import data_folder
from gateway.settings.language import USUAL_FILE
from gateway.words.test_alert import STEPS, failure

MARGIN_S = 10.0  # beyond what the gateway waits
LONGEST_S = 600


class Step(Struct, frozen=True):
    """Of the answer."""

    step: str
    at: str


def configure(parser: Parser) -> None:
    """The options."""
    parser.add_argument("--path", choices=("mqtt", "sms", "local"), default="mqtt", help=parser.words("test-alert path"))
    parser.add_argument("--wait", type=seconds, default=60.0, metavar="S", help=parser.words("test-alert wait"))
    parser.add_argument("--config", type=Path, default=USUAL_FILE, metavar="FILE", help=parser.words("config"))
    parser.add_argument("--json", action="store_true", help=parser.words("test-alert json"))


def seconds(text: str) -> float:
    """More than none, and at most ten minutes. Raises ValueError, ArgumentTypeError."""
    wait = float(text)
    if not 0 < wait <= LONGEST_S:
        raise wrong("seconds_within", what=repr(text), most=LONGEST_S)
    return wait


def run(args: argparse.Namespace) -> int:
    """Exit code 0 only if the platform's receipt, or the modem's word, came."""
    last = ""
    try:
        with connected(data_folder(args.config), args.wait + MARGIN_S) as gateway:
            for line in gateway.ask("test-alert", {"path": args.path, "wait_s": args.wait}):
                print(_shown(line, args), flush=True)
                last = str(line.get("step"))
    except (NotRunning, MayNotAsk, Declined) as why:
        words = failure(str(why), args.path, last, args.spoken) if isinstance(why, Declined) else ""
        print(f"lifering test-alert: {words or why_no_answer(why, args.spoken)}", file=sys.stderr)
        return FAILED
    return WELL


def _shown(line: dict[str, Any], args: argparse.Namespace) -> str:
    if args.json:
        return json.dumps(line, ensure_ascii=False)
    step = read_as(line, Step)
    at = datetime.fromisoformat(step.at).astimezone()
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03}  {_words(step.step, args.spoken)}"


def _words(step: str, language: Language) -> str:
    return STEPS[step].of(language) if step in STEPS else step
