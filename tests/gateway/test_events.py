"""The tables of log events, the code that logs, and the pages that name events say the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.events import BY_FOLDER, EVENTS
from gateway.sources.ble.bleak_errors import DBUS_ERRORS as OF_DBUS
from gateway.sources.ble.bleak_errors import REASONS as OF_ADAPTERS
from gateway.sources.byte_line import WORDS as OF_LINES
from gateway.store.connection import WORDS as OF_STORES
from gateway.whys import WHYS
from gateway.words.faults import FAULTS as ALERT_FAULTS
from gateway.words.status import FAULTS
from tests.make_log_events import PAGE, text

ROOT = Path(__file__).parent.parent.parent
METHODS = {"debug": "debug", "info": "info", "warning": "warning", "error": "error", "exception": "error"}
CHINESE = re.compile("[\u4e00-\u9fff]")
STREAM = re.compile(r" (up|down)/\.\.\.$")
TABLES = re.compile(r"\| --- \| --- \| --- \|\n((?:\|.*\n)+)")


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def handed_in(tree: ast.Module, name: str, line: int) -> list[str]:
    """The phrases that a function of this file is given as the parameter of this name, where it is called."""
    (within,) = [one for one in functions(tree) if one.lineno <= line <= (one.end_lineno or 0)]
    parameters = [parameter.arg for parameter in within.args.args if parameter.arg != "self"]
    place = parameters.index(name)
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) == within.name)
    return [str(given.value) for call in calls if isinstance(given := call.args[place], ast.Constant)]


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def logged(source: Path) -> Iterator[tuple[str, str]]:
    """Phrase and level of each call of `log` in a file."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Attribute(ast.Name("log"), method), [ast.Constant(str(phrase)), *_]) if method in METHODS:
                yield phrase, METHODS[method]
            case ast.Call(ast.Attribute(ast.Name("log"), method), [ast.Name(name), *_]) if method in METHODS:
                phrases = handed_in(tree, name, node.lineno)
                assert phrases, f"{source}:{node.lineno}: which events are these?"
                yield from ((phrase, METHODS[method]) for phrase in phrases)
            case ast.Call(ast.Attribute(ast.Name("log"), method)) if method in METHODS:
                raise AssertionError(f"{source}:{node.lineno}: an event is a fixed phrase")


def logged_by(folder: str) -> set[tuple[str, str]]:
    """What the files of a folder of the gateway log; "" are those that stand in none."""
    sources = (ROOT / "gateway" / folder).rglob("*.py") if folder else (ROOT / "gateway").glob("*.py")
    return {line for source in sources for line in logged(source)}


@pytest.mark.parametrize("folder", ["", *sorted(path.parent.name for path in (ROOT / "gateway").glob("*/__init__.py"))])
def test_what_a_folder_logs_is_the_table_of_its_name(folder: str) -> None:
    assert logged_by(folder) == {(phrase, event.level) for phrase, event in BY_FOLDER.get(folder, {}).items()}


def test_no_event_stands_in_two_tables() -> None:
    assert len(EVENTS) == sum(len(table) for table in BY_FOLDER.values())


def test_no_two_events_have_one_code() -> None:
    codes = [event.code for event in EVENTS.values()]

    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[A-Z]+(_[A-Z]+)*", code) for code in codes)


def test_from_warnings_on_there_is_advice() -> None:
    assert [phrase for phrase, event in EVENTS.items() if (event.advice is None) != (event.level in ("debug", "info"))] == []


@pytest.mark.parametrize("word", sorted({*OF_LINES.values(), *OF_ADAPTERS.values(), *OF_DBUS.values(), *OF_STORES.values()}))
def test_each_fixed_word_of_a_source_or_a_store_is_explained(word: str) -> None:
    assert word in WHYS


def test_each_is_said_in_its_language() -> None:
    of_events = (said for event in EVENTS.values() for said in event[2:] if said)
    words = [*of_events, *WHYS.values()]

    assert [said for said in words if not said.english or CHINESE.search(said.english)] == []
    assert [said for said in words if not CHINESE.search(said.chinese)] == []


def test_the_page_of_events_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == text(), "python -m tests.make_log_events"


@pytest.mark.parametrize("page", ["mending.md", "mending.zh-CN.md"])
def test_the_page_on_mending_names_only_what_there_is(page: str) -> None:
    tables = TABLES.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
    (faults,) = [rows for rows in tables if rows.startswith("| `PORT_LOST`")]
    first_column = "\n".join(row.split("|")[1] for row in faults.splitlines())

    named = re.findall("`([^`]+)`", first_column)

    whys = {name for word in WHYS for name in (f"why={word}", f'why="{word}"')}
    assert "link lost" in named
    codes = {event.code for event in EVENTS.values()}
    said = {*EVENTS, *codes, *whys, *ALERT_FAULTS, *FAULTS}
    assert {name for name in named if name not in said and STREAM.sub("", name) not in said} == set()
