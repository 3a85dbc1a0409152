"""Readings and alert events as CSV for a spreadsheet, and such rows read back. Pure.

No cell can be taken for a formula by the spreadsheet: a text that begins like one has an apostrophe in front
(https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

BOM = "\N{BYTE ORDER MARK}"  # without it Excel takes UTF-8 for the code page of the machine
READING_COLUMNS = (
    *("id", "at", "received_at", "wearer", "device", "driver", "kind", "value", "unit"),
    *("systolic", "diastolic", "mean", "pulse", "quality", "history"),
)

# Also full-width, and behind blanks; the apostrophe itself, so that it can be taken away again.
_LIKE_A_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠'|%]|[\t\r\n]")

Cell = object  # a text, a number, true or false, or nothing


def header(columns: Sequence[str]) -> str:
    """The first line of a file."""
    return BOM + _line(columns)


def reading_row(reading: Mapping[str, object]) -> str:
    """The line of a READING of the contract."""
    value = reading.get("value")
    if isinstance(value, Mapping):
        pressure = "systolic" in value
        parts = value if pressure else {"value": f"{value.get('latitude')} {value.get('longitude')}"}
        reading = {**reading, "value": None, **parts}
    quality = reading.get("quality")
    words = " ".join(map(str, quality)) if isinstance(quality, Sequence) else ""
    return row(READING_COLUMNS, {**reading, "quality": words})


def row(columns: Sequence[str], values: Mapping[str, Cell]) -> str:
    """A line with these values in the order of the columns; what is missing is an empty cell."""
    return _line([cell(values.get(column)) for column in columns])


def cell(value: Cell) -> str:
    """A value as it is written."""
    written = text(value)
    return f"'{written}" if isinstance(value, str) and _LIKE_A_FORMULA.match(written) else written


def text(value: Cell) -> str:
    """A value as it reads."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def rows(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """The cells of a file by their columns, as texts without the apostrophe that guards them. Raises csv.Error."""
    for found in csv.DictReader(lines, strict=True):
        yield {column: text.removeprefix("'") for column, text in found.items() if isinstance(text, str)}


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
