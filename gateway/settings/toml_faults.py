"""Says what is wrong in the writing of a statement that is no TOML, as a code of `words/mistakes.py` and facts. Pure.

It looks at the statement itself, not at what `tomllib` says of it: that is worded otherwise in each version of Python.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from gateway.settings.chinese_keyboard import SPACE, found_in
from gateway.settings.toml_statements import Statement

Wrong = tuple[str, Mapping[str, object]]

NAME = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*')"""
KEY = re.compile(rf"\s*{NAME}(?:\s*\.\s*{NAME})*\s*")
TEXT = re.compile(r""" "{3}(?:\\.|[^\\])*?"{3,5} | '{3}.*?'{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*' """, re.VERBOSE | re.DOTALL)
COMMENT = re.compile(r"\#[^\n]*")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
FAULTY_ESCAPE = re.compile(r'\\(?!["\\bfnrt\s]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})')
BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "是", "开", "真"), "true"),
    **dict.fromkeys(("false", "no", "off", "否", "关", "假", "不"), "false"),
}


def failure(text: str) -> Exception | None:
    """What keeps this from being TOML."""
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return error
    return None


def wrong_in(statement: Statement, failed: Exception) -> Wrong:
    """What is wrong in a statement that is no TOML, even alone."""
    match failed:
        case tomllib.TOMLDecodeError():
            return typed_in_chinese(statement.text) or _in_its_form(statement)
        case RecursionError():
            return "toml_too_deep", {}
        case _:  # int() refuses thousands of digits
            return "toml_number", {}


def wrong_in_list(row: str) -> Wrong:
    """What is wrong in a row of a list."""
    return typed_in_chinese(row) or _in_value(row.strip().rstrip(","))


def typed_in_chinese(text: str) -> Wrong | None:
    """That a Chinese keyboard wrote what is no text and no comment."""
    found = found_in(COMMENT.sub("", TEXT.sub("", text)))
    marks = {wrong: right for wrong, right in found.items() if wrong != SPACE}
    if marks:
        return "toml_full_width", {"found": " ".join(marks), "right": " ".join(dict.fromkeys(marks.values()))}
    return ("toml_full_width_space", {}) if found else None


def _in_its_form(statement: Statement) -> Wrong:
    if statement.is_header:
        return "toml_header", {}
    key = KEY.match(statement.text)
    if key is None:
        return "toml_key", {}
    if statement.text[key.end() : key.end() + 1] != "=":
        return "toml_no_equals", {}
    if statement.opened:
        return "toml_open_list" if statement.opened == "[" else "toml_open_text", {}
    return _in_value(statement.text[key.end() + 1 :].strip())


def _in_value(value: str) -> Wrong:
    if CONTROL.search(value):
        return "toml_character", {}
    if value.startswith(('"', "'")):
        return _in_text(value), {}
    if value.startswith("{"):
        return _in_table(value), {}
    if value.startswith("["):
        return "toml_value" if value.endswith("]") else "toml_goes_on", {}
    word, _, rest = COMMENT.sub("", value).strip().partition(" ")
    if rest and failure(f"x = {word}") is None:
        return "toml_goes_on", {}
    right = BOOLEANS.get(word.lower())
    return ("toml_boolean", {"right": right}) if right else ("toml_value", {})


def _in_text(value: str) -> str:
    text = TEXT.match(value)
    if text is None:
        return "toml_backslash" if value.endswith('\\"') else "toml_open_text"
    if value.startswith('"') and FAULTY_ESCAPE.search(text[0]):
        return "toml_backslash"
    return "toml_goes_on" if COMMENT.sub("", value[text.end() :]).strip() else "toml_backslash"


def _in_table(value: str) -> str:
    bare = COMMENT.sub("", TEXT.sub('""', value))
    if bare.count("{") > bare.count("}"):
        return "toml_open_table"
    names = re.findall(r"[{,]\s*([A-Za-z0-9_-]+)\s*=", bare)
    return "toml_twice" if len(names) > len(set(names)) else "toml_value"
