"""Mistakes are told in plain words, in both languages, harmless for a terminal."""

from __future__ import annotations

import ast
import re
from collections import UserString
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from pydantic_core import core_schema

from gateway.mistake import Mistake, plain, shown
from gateway.rules.checks import NEEDED
from gateway.words.mistakes import WORDS, in_words
from gateway.words.value_mistakes import HINTS

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("code", WORDS)
def test_both_languages_tell_the_same_facts(code: str) -> None:
    english, chinese = ({name for _, name, _, _ in Formatter().parse(words) if name is not None} for words in WORDS[code])

    assert all(name.isidentifier() for name in english | chinese)
    assert english == chinese


@pytest.mark.parametrize("words", [*WORDS.values(), *HINTS.values()], ids=[*WORDS, *HINTS])
def test_each_is_said_in_its_language(words: tuple[str, str]) -> None:
    english, chinese = words

    assert not CHINESE.search(english)
    assert CHINESE.search(chinese) or english == "{otherwise}"


RAISING = {
    "mistake": 0,
    "BadFile": 0,
    "BadTable": 0,
    "Mistake": 3,
    "_add": 1,
    "Problem": 1,
    "Disorder": 2,
    "_twice": 1,
    "_wrong": 2,
    "BadShift": 0,
}
FROM_PYDANTIC = frozenset(get_args(core_schema.ErrorType))


def names(node: ast.expr) -> set[str]:
    """The codes that this may be; of an f-string, those that it fits."""
    match node:
        case ast.Constant(str(code)):
            return {code}
        case ast.IfExp(_, one, other):
            return names(one) | names(other)
        case ast.JoinedStr(parts):
            pattern = "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+" for part in parts)
            return {code for code in WORDS if re.fullmatch(pattern, code)}
        case _:
            return set()


def trees() -> Iterator[ast.AST]:
    for source in (
        *Path("gateway/settings").rglob("*.py"),
        *Path("gateway/rules").glob("*.py"),
        *Path("gateway/duty").glob("*.py"),
        Path("gateway/sources/playback.py"),
    ):
        yield from ast.walk(ast.parse(source.read_text()))


def raised() -> Iterator[str]:
    """Every code that `settings/`, `rules/` and the playback make a mistake of."""
    for node in trees():
        match node:
            case ast.Call(ast.Name(name) | ast.Attribute(attr="_add" | "_twice" as name), arguments) if name in RAISING:
                yield from names(arguments[RAISING[name]])
            case ast.Tuple(elements):  # a code with its facts
                for code, facts in pairwise(elements):
                    yield from names(code) if isinstance(facts, ast.Dict) else ()
    yield from NEEDED.values()


def named() -> Iterator[str]:
    """Every text that stands there, which a code may be."""
    for node in trees():
        yield from names(node) if isinstance(node, ast.Constant | ast.JoinedStr) else ()


def test_every_code_that_is_raised_has_words() -> None:
    codes = set(raised())

    assert {"unknown_driver", "limit_unknown", "few_slots", "port_taken", "name_twice"} <= codes
    assert codes <= set(WORDS)


def test_all_words_are_needed() -> None:
    of_pydantic = {*FROM_PYDANTIC, "path_type"}

    assert set(WORDS) - set(named()) <= of_pydantic


def test_the_line_tells_file_place_key_what_is_wrong_and_a_guess() -> None:
    mistake = Mistake("gateway.toml", 7, "mqtt.hsot", "unknown_key", {"near": "host"})

    assert in_words(mistake, "en") == "gateway.toml:7: mqtt.hsot: there is no such setting; did you mean host?"
    assert in_words(mistake, "zh-CN") == "gateway.toml:7: mqtt.hsot: 没有这个设置项；您是否想写 host？"


@pytest.mark.parametrize(
    ("value", "as_shown"),
    [
        (True, "true"),
        (1.5, "1.5"),
        ("text", '"text"'),
        ("two\nlines\x1b[31m\u202e", '"two?lines?[31m?"'),
        ("x" * 100, '"' + "x" * 45 + '..."'),
        ({"a": 1}, "{...}"),
        ([1, 2], "[...]"),
    ],
)
def test_a_value_is_shown_short_and_harmless(value: object, as_shown: str) -> None:
    assert shown(value) == as_shown


def test_no_text_can_end_a_line() -> None:
    everything = UserString("").join(map(chr, range(0x110000)))

    assert len(plain(everything, longest=0x110000).splitlines()) == 1
