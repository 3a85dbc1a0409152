"""`lifering export`: readings or alert events on standard output, and whether the chain of the events holds."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from gateway.cli import FAILED, WELL, WRONG
from gateway.cli.running_gateway import Declined, MayNotAsk, NotRunning, read_as, the_only, why_no_answer
from gateway.cli.stores import stores
from gateway.cli.usage import Parser, wrong
from gateway.formats import spreadsheet
from gateway.settings.file import load
from gateway.settings.language import USUAL_FILE
from gateway.settings.machine.credentials import within_reach
from gateway.store import exported
from gateway.store.chain_check import ChainVerdict
from gateway.store.export_lines import AlertLine
from gateway.system_errors import told_of
from gateway.words.stored import EXPORT, STORES

DayOrTime = datetime | date


def configure(parser: Parser) -> None:
    """The options."""
    parser.add_argument("what", choices=("readings", "alerts"), help=parser.words("export what"))
    parser.add_argument("--from", dest="start", type=_moment, metavar="T", help=parser.words("export from"))
    parser.add_argument("--to", dest="end", type=_moment, metavar="T", help=parser.words("export to"))
    parser.add_argument("--wearer", metavar="W", help=parser.words("export wearer"))
    parser.add_argument("--format", choices=("jsonl", "csv"), default="jsonl", help=parser.words("export format"))
    parser.add_argument("--verify", nargs="?", const="", metavar="FILE", help=parser.words("export verify"))
    parser.add_argument("--json", action="store_true", help=parser.words("export json"))
    parser.add_argument("--config", type=Path, default=USUAL_FILE, metavar="FILE", help=parser.words("config"))


@within_reach()
def run(args: argparse.Namespace) -> int:
    """1: the chain is broken, or the store cannot be read."""
    if args.verify is not None and (mistake := _not_with_verify(args)):
        return _complain(mistake, WRONG)
    try:
        if args.verify:
            return _verdict_told(_verdict_of_file(Path(args.verify), args), args)
        with stores(args) as ask:
            if args.verify is not None:
                line = the_only(ask("export", {"what": "alerts", "verify": True}))
                return _verdict_told(read_as(line, ChainVerdict), args)
            _print(ask("export", _wanted(args)), args)
    except NotRunning:
        return _complain(STORES["ended"].of(args.spoken), FAILED)
    except (Declined, MayNotAsk) as why:
        return _complain(why_no_answer(why, args.spoken), FAILED)
    return WELL


# --- what is wanted ---------------------------------------------------------------------------------------------------


def _not_with_verify(args: argparse.Namespace) -> str:
    """What does not go together, in words; nothing when all is well."""
    if args.what != "alerts":
        return _said("only alerts", args)
    given = {"--from": args.start, "--to": args.end, "--wearer": args.wearer}
    others = [name for name, value in given.items() if value is not None]
    return _said("not with verify", args, what=", ".join(others)) if others else ""


def _moment(text: str) -> DayOrTime:
    """An option's type."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise wrong("no_time", what=repr(text)) from None


def _wanted(args: argparse.Namespace) -> dict[str, object]:
    """Times without a zone are those of the gateway's place."""
    zone = load(args.config).settings.gateway.zone if args.start or args.end else None
    return {
        "what": args.what,
        "from": args.start and _rfc3339(args.start, zone),
        "to": args.end and _rfc3339(args.end, zone, to_the_end=True),
        "wearer": args.wearer,
    }


def _rfc3339(moment: DayOrTime, zone: ZoneInfo | None, *, to_the_end: bool = False) -> str:
    if not isinstance(moment, datetime):
        if to_the_end and moment < date.max:
            moment += timedelta(days=1)
        moment = datetime.combine(moment, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


# --- what is printed --------------------------------------------------------------------------------------------------


def _print(lines: Iterable[Mapping[str, Any]], args: argparse.Namespace) -> None:
    """As UTF-8, whatever the terminal speaks."""
    begin, line_of = _as_csv(args.what) if args.format == "csv" else ("", _as_jsonl)
    out = sys.stdout.buffer
    out.write(begin.encode())
    for line in lines:
        out.write(line_of(line).encode())
    out.flush()


def _as_jsonl(line: Mapping[str, Any]) -> str:
    return msgspec.json.encode(line).decode() + "\n"


def _as_csv(what: str) -> tuple[str, Callable[[Mapping[str, Any]], str]]:
    if what == "readings":
        return spreadsheet.header(spreadsheet.READING_COLUMNS), spreadsheet.reading_row
    columns = AlertLine.__struct_fields__
    return spreadsheet.header(columns), lambda line: spreadsheet.row(columns, line)


# --- the chain --------------------------------------------------------------------------------------------------------


def _verdict_of_file(file: Path, args: argparse.Namespace) -> ChainVerdict:
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return exported.check(lines)
    except (OSError, UnicodeDecodeError) as error:
        why = told_of(error, args.spoken) if isinstance(error, OSError) else _said("no text", args)
        raise exported.NoExport(_said("no file", args, file=file, why=why)) from error
    except exported.NoExport as error:
        raise exported.NoExport(f"{file}:{error}: {_said('no line', args)}") from error


def _verdict_told(verdict: ChainVerdict, args: argparse.Namespace) -> int:
    if args.json:
        print(json.dumps(msgspec.to_builtins(verdict)))
    else:
        print("\n".join(_words(verdict, args)))
    return FAILED if verdict.broken else WELL


def _words(verdict: ChainVerdict, args: argparse.Namespace) -> list[str]:
    if verdict.broken:
        why = _said(verdict.broken.why, args)
        return [_said("broken", args, entry=verdict.broken.entry, why=why)]
    words = [_said("holds", args, checked=verdict.checked, erased=verdict.erased)]
    return words + ([_said("absent", args, absent=verdict.absent)] if verdict.absent else [])


def _said(name: str, args: argparse.Namespace, **facts: object) -> str:
    return EXPORT[name].of(args.spoken).format(**facts)


def _complain(what: str, code: int) -> int:
    print(f"lifering export: {what}", file=sys.stderr)
    return code
