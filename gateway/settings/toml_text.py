"""Reads TOML past the mistakes in its writing, so that all of them, and those in what it says, are told in one run.

`tomllib` stops at the first, and each version of it words it otherwise. Here a text that it refuses is divided into
statements. Those that it refuses alone are taken out, and what they probably meant is remembered; of the others, those that
it refuses after the ones before them: they are there twice.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from gateway.settings.toml_faults import failure, wrong_in, wrong_in_list
from gateway.settings.toml_lines import KeyPath, Lines
from gateway.settings.toml_statements import Statement, is_header, statements

MOST_FAULTS = 50
MOST_ROWS = 1000  # of a list, each of which is looked at alone
ASIDE = "set aside "  # sections whose header cannot be used get names that no setting has


@dataclass(frozen=True)
class TomlFault:
    """Lines that are no TOML, up to `last`: what is wrong, as a code and facts, and the key that they seem to give."""

    line: int
    last: int
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    key: KeyPath = ()


@dataclass(frozen=True)
class Document:
    """What could be read. `data` is None where a mistake hides everything after it."""

    data: Mapping[str, object] | None
    lines: Lines | None = None
    faults: Sequence[TomlFault] = ()


def read(text: str) -> Document:
    """Reads it. Never raises, whatever the text."""
    text = text.replace("\r\n", "\n")
    try:
        return _document(text, ())
    except (ValueError, RecursionError):
        return _past_faults(text.split("\n"))


def _past_faults(rows: list[str]) -> Document:
    faults: list[TomlFault] = []
    for fault in islice(_faults(rows), MOST_FAULTS):
        faults.append(fault)
        _take_out(rows, fault, len(faults))
    faults.sort(key=lambda fault: fault.line)
    try:
        return _document("\n".join(rows), faults)
    except (ValueError, RecursionError):  # too many faults, or what `Lines` cannot follow
        return Document(None, None, faults or [TomlFault(1, 1, "toml_too_deep")])


def _document(text: str, faults: Sequence[TomlFault]) -> Document:
    data = {key: value for key, value in tomllib.loads(text).items() if not key.startswith(ASIDE)}
    return Document(data, Lines(text), faults)


def _faults(rows: list[str]) -> Iterator[TomlFault]:
    """One after another; each is taken out of the rows before the next is looked for."""
    for statement in statements(list(rows)):
        if failed := failure(statement.text):
            yield from _in_list(rows, statement) or [_fault(rows, statement, *wrong_in(statement, failed))]
    while repeated := _repeated(rows):
        yield _fault(rows, repeated, "toml_section_twice" if repeated.is_header else "toml_twice")


def _fault(rows: Sequence[str], statement: Statement, code: str, facts: Mapping[str, object] | None = None) -> TomlFault:
    return TomlFault(statement.first, statement.last, code, facts or {}, _key(rows, statement.first))


def _in_list(rows: Sequence[str], statement: Statement) -> list[TomlFault]:
    """The rows of a list that are wrong, where the list is well without them."""
    if statement.opened or not 1 < len(statement.rows) < MOST_ROWS:
        return []
    inner = range(1, len(statement.rows) - 1)
    wrong = [number for number in inner if failure(f"x = [\n{statement.rows[number]}\n]")]
    rest = [row for number, row in enumerate(statement.rows) if number not in wrong]
    if failure("\n".join(rest)):
        return []
    key = _key(rows, statement.first)
    lines = [(statement.first + number, statement.rows[number]) for number in wrong]
    return [TomlFault(line, line, *wrong_in_list(row), key) for line, row in lines]


def _repeated(rows: Sequence[str]) -> Statement | None:
    """The first statement that cannot follow those before it. Every one of them alone is TOML."""
    found = list(statements(rows))
    number = bisect_left(found, True, key=lambda one: failure("\n".join(rows[: one.last])) is not None)
    return found[number] if number < len(found) else None


def _take_out(rows: list[str], fault: TomlFault, number: int) -> None:
    header = is_header(rows[fault.line - 1]) and ASIDE not in rows[fault.line - 1]
    rows[fault.line - 1 : fault.last] = [""] * (fault.last - fault.line + 1)
    if header:
        rows[fault.line - 1] = f'["{ASIDE}{number}"]'


def _key(rows: Sequence[str], line: int) -> KeyPath:
    """What the line seems to give, in the section that it stands in."""
    if header := _header(rows[line - 1]):
        return header
    name = re.match(r"\s*([A-Za-z0-9_-]+)", rows[line - 1])
    section = next((found for row in reversed(rows[: line - 1]) if (found := _header(row))), ())
    return (*section, name[1]) if name else ()


def _header(row: str) -> KeyPath:
    match = re.match(r"\s*[\[［【]{1,2}\s*([A-Za-z0-9_.-]+)", row)
    return tuple(match[1].split(".")) if match else ()
