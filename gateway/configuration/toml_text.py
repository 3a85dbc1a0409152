"""Reads TOML past the mistakes in its writing, so that all of them, and those in what it says, are told in one run.

`tomllib` stops at the first. Here its line is taken out of the text, what it probably meant is remembered, and the rest
is read again, as long as that helps.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.configuration.toml_lines import KeyPath, Lines

MOST_FAULTS = 50
ENDLESS = ("Unclosed", "Unterminated")  # faults that swallow what follows
CODES = {  # how what `tomllib` says begins, and the name of the mistake in `mistakes.WORDS`
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
class Fault:
    """A line that is no TOML: what `tomllib` says of it, and the key that it seems to give."""

    line: int
    says: str
    key: KeyPath = ()

    @property
    def code(self) -> str:
        """The name of the mistake in `mistakes.WORDS`."""
        return next((code for beginning, code in CODES.items() if self.says.startswith(beginning)), "toml")


@dataclass(frozen=True)
class Document:
    """What could be read. `data` is None where a mistake hides everything after it."""

    data: Mapping[str, object] | None
    lines: Lines | None = None
    faults: list[Fault] = field(default_factory=list)


def read(text: str) -> Document:
    """Reads it. Never raises, whatever the text."""
    rows = text.replace("\r\n", "\n").split("\n")
    faults: list[Fault] = []
    while len(faults) < MOST_FAULTS:
        try:
            return _document("\n".join(rows), faults)
        except RecursionError:
            return Document(None, None, [*faults, Fault(1, "Too deep")])
        except ValueError as error:
            fault = _fault(str(error), rows)
            helps = _take_out(rows, fault, len(faults))
            if helps or not faults or fault.says.startswith(ENDLESS):
                faults.append(fault)
            if not helps:
                break
    return Document(None, None, faults)


def _document(text: str, faults: list[Fault]) -> Document:
    data = {key: value for key, value in tomllib.loads(text).items() if not key.startswith(ASIDE)}
    return Document(data, Lines(text), faults)


def _fault(message: str, rows: list[str]) -> Fault:
    """What `tomllib` says, and where; it finds text in three quotes that never ends only at the end of the file."""
    parts = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", message, re.DOTALL)
    if parts is None:
        return Fault(1, message)  # a number with thousands of digits
    opened = (number for number, row in reversed(list(enumerate(rows, 1))) if re.search("\"{3}|'{3}", row))
    line = int(parts[2]) if parts[2] else next(opened, len(rows))
    return Fault(line, parts[1], _key(rows, line))


def _take_out(rows: list[str], fault: Fault, number: int) -> bool:
    """Whether reading on without that line can help."""
    row = rows[fault.line - 1]
    if not row.strip() or fault.says.startswith(ENDLESS):
        return False
    header = row.lstrip().startswith("[") and ASIDE not in row
    rows[fault.line - 1] = f'["{ASIDE}{number}"]' if header else ""
    return True


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
