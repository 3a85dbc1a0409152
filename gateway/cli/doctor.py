"""`lifering doctor`: examines this machine, says of each fault how to mend it, and mends what is safe to mend."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from gateway.cli import FAILED, WELL, WRONG
from gateway.cli.doctor_page import as_json, page
from gateway.cli.running_gateway import (
    Declined,
    Garbled,
    MayNotAsk,
    NotRunning,
    RunningGateway,
    connected,
    read_as,
    why_no_answer,
)
from gateway.cli.usage import Parser
from gateway.doctor.diagnosis import Examination
from gateway.doctor.examining import examine
from gateway.doctor.host import Host
from gateway.doctor.mends import Mended, mend
from gateway.doctor.running import Running
from gateway.errors import FaultySettings
from gateway.language import Language
from gateway.settings.data_folder import data_folder
from gateway.settings.language import USUAL_FILE
from gateway.settings.machine.service_view import is_root
from gateway.status import StatusAnswer
from gateway.words.test_alert import failure

RECEIPT_S = 20.0


def configure(parser: Parser) -> None:
    """The options."""
    parser.add_argument("--config", type=Path, default=USUAL_FILE, metavar="FILE", help=parser.words("config"))
    parser.add_argument("--fix", action="store_true", help=parser.words("doctor fix"))
    parser.add_argument("--no-test-alert", action="store_true", help=parser.words("doctor no test alert"))
    parser.add_argument("--json", action="store_true", help=parser.words("one object"))


def run(args: argparse.Namespace) -> int:
    """Exit code 1: there is a fault; 2: the configuration is not valid."""
    host = Host()
    mended: list[Mended] = []
    if args.fix and is_root():
        mended = list(mend(host, seen(host, args.config, args.spoken).diagnoses))
    found = seen(host, args.config, args.spoken, test_alert=not args.no_test_alert)
    language = found.language or args.spoken
    if args.json:
        print(json.dumps(as_json(found, mended, language), ensure_ascii=False, indent=2))
    else:
        print(*page(found, mended, language, root=is_root()), sep="\n")
    if not found.is_valid:
        return WRONG
    return FAILED if found.faults else WELL


def seen(host: Host, config: Path, language: Language, *, test_alert: bool = False) -> Examination:
    """An examination; on a terminal it says that it takes a while."""
    if sys.stderr.isatty():
        print("...", file=sys.stderr)
    return examine(host, config, running(config, language, test_alert=test_alert))


def running(config: Path, language: Language, *, test_alert: bool) -> Running:
    """What the gateway says of itself, where one runs."""
    try:
        with connected(data_folder(config), RECEIPT_S + 10) as gateway:
            status = read_as(gateway.one("status"), StatusAnswer)
            there = Running(status)
            return there._replace(no_receipt=_receipt(gateway, language)) if test_alert and there.is_connected else there
    except FaultySettings:
        return Running(why_not="not running")
    except MayNotAsk:
        return Running(why_not="may_not_ask")
    except NotRunning:
        return Running(why_not="not running")
    except (Garbled, Declined):
        return Running(why_not="garbled")


def _receipt(gateway: RunningGateway, language: Language) -> str:
    """What came instead of the platform's receipt; "": it came."""
    last = ""
    try:
        for line in gateway.ask("test-alert", {"path": "mqtt", "wait_s": RECEIPT_S}):
            last = str(line.get("step"))
    except Declined as why:
        return failure(str(why), "mqtt", last, language) or why_no_answer(why, language)
    return ""
