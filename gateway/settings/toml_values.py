"""Sets a key in a TOML text, or leaves it at its default; comments and every other line stay as they are. Pure.

The text must be one that `tomllib` has read, and the value one that stands on one line.
"""

from __future__ import annotations

import json
import re
from typing import TypeAlias

from gateway.settings.toml_statements import statements

Literal: TypeAlias = str | int | bool


def with_value(text: str, section: str, key: str, value: Literal | None) -> str:
    """With `key = value` in `[section]`, in place of the line that has it, or of the example of it in a comment.

    None: the default, the line becomes a comment.
    """
    rows = text.split("\n")
    first, last = _section(rows, section)
    if first < 0:
        return text if value is None else f"{text.rstrip()}\n\n[{section}]\n{key} = {_written(value)}\n"
    number = _line_of(rows, first, last, rf"\s*{key}\s*=")
    if value is None:
        if number is not None:
            rows[number] = f"#{rows[number]}"
        return "\n".join(rows)
    line = f"{key} = {_written(value)}"
    if number is None:
        number = _line_of(rows, first, last, rf"#\s?{key}\s*=")
    if number is None:
        rows.insert(first + 1, line)
    else:
        rows[number] = line
    return "\n".join(rows)


def _written(value: Literal) -> str:
    return json.dumps(value, ensure_ascii=False)


def _section(rows: list[str], name: str) -> tuple[int, int]:
    """The row of its header, and the one behind its last; (-1, -1): it is not there.

    An example of another section, in a comment, ends it too.
    """
    headers = [statement.first - 1 for statement in statements(rows) if statement.is_header]
    first = next((row for row in headers if re.match(rf"\s*\[\s*{re.escape(name)}\s*\]", rows[row])), -1)
    if first < 0:
        return -1, -1
    ends = (row for row in range(first + 1, len(rows)) if row in headers or re.match(r"#\s?\[", rows[row]))
    return first, next(ends, len(rows))


def _line_of(rows: list[str], first: int, last: int, pattern: str) -> int | None:
    return next((row for row in range(first + 1, last) if re.match(pattern, rows[row])), None)
