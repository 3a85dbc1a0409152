"""Puts a `[[table]]` into a TOML text, or takes one out; every other character stays as it is. Pure.

The text must be one that `tomllib` has read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from gateway.settings.toml_lines import Lines


def with_table(text: str, name: str, values: Mapping[str, str]) -> str:
    """With one more `[[name]]`, at the end."""
    line_end = "\r\n" if "\r\n" in text else "\n"
    before = "" if text.endswith("\n") or not text else line_end
    written = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return text + before + line_end.join(["", f"[[{name}]]", *written, ""])


def without_table(text: str, name: str, number: int) -> str:
    """Without one of the `[[name]]`, counted from 0, and without the empty line above it. Comments around it stay."""
    lines = Lines(text.removeprefix("\ufeff"))
    first, last = lines.of((name, number)), lines.end_of((name, number))
    rows = text.split("\n")
    above = 1 if first > 1 and not rows[first - 2].strip() else 0
    return "\n".join(rows[: first - 1 - above] + rows[last:])
