"""Reads TOML past the mistakes in its writing, so that all of them, and those in what it says, are told in one run.

`tomllib` stops at the first. Here its lines are taken out of the text, what they probably meant is remembered, and the
rest is read again, as long as that helps.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.settings.toml_lines import KeyPath, Lines

MOST_FAULTS = 50
CODES = {  # how what `tomllib` says begins, and the mistake's code
    "Illegal character '\\n'": "toml_open_text",
    "Unterminated string": "toml_open_text",
    "Unclosed array": "toml_open_list",
    "Unclosed inline table": "toml_open_table",
    "Illegal character": "toml_character",
    "Found invalid character": "toml_character",
    "Unescaped": "toml_backslash",
    "Invalid hex value": "toml_backslash",
    "Escaped character": "toml_backslash",
    "Invalid date": "toml_value",
    "Invalid value": "toml_value",
    "Expected '='": "toml_no_equals",
    "Expected newline": "toml_goes_on",
    "Expected ']": "toml_header",
    "Invalid initial character": "toml_key",
    "Invalid statement": "toml_key",
    "Cannot overwrite": "toml_twice",
    "Duplicate inline": "toml_twice",
    "Cannot declare": "toml_section_twice",
    "Cannot redefine": "toml_section_twice",
    "Cannot mutate": "toml_section_twice",
    "Exceeds the limit": "toml_number",
    "Too deep": "toml_too_deep",
}
ASIDE = "set aside "  # sections whose header cannot be used get names that no setting has


@dataclass(frozen=True)
class TomlFault:
    """Lines that are no TOML, up to `last`: what `tomllib` says of them, and the key that they seem to give."""

    line: int
    last: int
    says: str
    key: KeyPath = ()

    @property
    def code(self) -> str:
        """The mistake's code."""
        return next((code for beginning, code in CODES.items() if self.says.startswith(beginning)), "toml")


@dataclass(frozen=True)
class Document:
    """What could be read. `data` is None where a mistake hides everything after it."""

    data: Mapping[str, object] | None
    lines: Lines | None = None
    faults: list[TomlFault] = field(default_factory=list)


def read(text: str) -> Document:
    """Reads it. Never raises, whatever the text."""
    rows = text.replace("\r\n", "\n").split("\n")
    faults: list[TomlFault] = []
    while len(faults) < MOST_FAULTS:
        try:
            return _document("\n".join(rows), faults)
        except RecursionError:
            return Document(None, None, [*faults, TomlFault(1, 1, "Too deep")])
        except ValueError as error:
            fault = _fault(str(error), rows)
            if fault is None:
                return Document(None, None, faults or [TomlFault(1, 1, str(error))])
            _take_out(rows, fault, len(faults))
            faults.append(fault)
    return Document(None, None, faults)


def _document(text: str, faults: list[TomlFault]) -> Document:
    data = {key: value for key, value in tomllib.loads(text).items() if not key.startswith(ASIDE)}
    return Document(data, Lines(text), faults)


def _fault(message: str, rows: list[str]) -> TomlFault | None:
    """What `tomllib` says, and of which lines; None where no line can be named that would help."""
    parts = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", message, re.DOTALL)
    if parts is None:  # a number with thousands of digits
        return None
    says, line = parts[1], int(parts[2] or len(rows))
    first, last = line, line
    if says.startswith("Unterminated"):
        first, last = _last_row(rows, "\"{3}|'{3}"), len(rows)
    elif opened := _open_list(rows, line):
        says, first, last = "Unclosed array", opened, len(rows) if parts[2] is None else line - 1
    return TomlFault(first, last, says, _key(rows, first)) if any(row.strip() for row in rows[first - 1 : last]) else None


def _open_list(rows: list[str], line: int) -> int | None:
    """The line above in which a list began that should have ended before this line."""
    at_its_end = line == len(rows) or re.match(r"\s*([A-Za-z0-9_.-]+\s*=|\[)", rows[line - 1])
    first = _last_row(rows[: line - 1], r"^[^#\"']*=\s*\[")
    within = re.sub("#.*", "", "\n".join(rows[first - 1 : line - 1]))
    return first if at_its_end and within.count("[") > within.count("]") else None


def _last_row(rows: list[str], pattern: str) -> int:
    """The number of the last row that holds this, from 1; the last of all where none does."""
    return next((number for number in range(len(rows), 0, -1) if re.search(pattern, rows[number - 1])), len(rows))


def _take_out(rows: list[str], fault: TomlFault, number: int) -> None:
    header = rows[fault.line - 1].lstrip().startswith("[") and ASIDE not in rows[fault.line - 1]
    rows[fault.line - 1 : fault.last] = [""] * (fault.last - fault.line + 1)
    if header:
        rows[fault.line - 1] = f'["{ASIDE}{number}"]'


def _key(rows: list[str], line: int) -> KeyPath:
    """What the line seems to give, in the section that it stands in."""
    if header := _header(rows[line - 1]):
        return header
    name = re.match(r"\s*([A-Za-z0-9_-]+)", rows[line - 1])
    section = next((found for row in reversed(rows[: line - 1]) if (found := _header(row))), ())
    return (*section, name[1]) if name else ()


def _header(row: str) -> KeyPath:
    match = re.match(r"\s*\[{1,2}\s*([A-Za-z0-9_.-]+)", row)
    return tuple(match[1].split(".")) if match else ()
