"""Every pair of texts in the program, wherever it stands, says the same in both languages, and every word for one thing is one.

`test_both_languages.py` looks at the tables by their codes; this looks at the source, so that no pair escapes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import drivers
from drivers.driver import Driver
from tests.gateway.words.languages import CHINESE, is_chinese, is_english


def pairs(file: Path) -> Iterator[tuple[str, str]]:
    """The texts of every `Said("...", "...")` of a file."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(ast.Name("Said"), [ast.Constant(str(english)), ast.Constant(str(chinese))]):
                yield english, chinese


def facts(words: str) -> set[str]:
    return {f"{name}:{form}" for _, name, form, _ in Formatter().parse(words) if name is not None}


FILES = [file for file in sorted(Path("gateway").rglob("*.py")) if any(pairs(file))]


def test_the_pairs_are_found_where_they_are() -> None:
    assert {Path("gateway/events/store.py"), Path("gateway/whys.py"), Path("gateway/cli/__init__.py")} <= set(FILES)


@pytest.mark.parametrize("file", FILES, ids=str)
def test_both_languages_of_a_pair_tell_the_same_facts(file: Path) -> None:
    assert [pair for pair in pairs(file) if facts(pair[0]) != facts(pair[1])] == []


@pytest.mark.parametrize("file", FILES, ids=str)
def test_each_of_a_pair_is_in_its_language(file: Path) -> None:
    assert [english for english, _ in pairs(file) if not is_english(english)] == []
    assert [chinese for english, chinese in pairs(file) if not is_chinese(chinese, english)] == []


@pytest.mark.parametrize("driver", drivers.DRIVERS, ids=lambda driver: driver.name)
def test_a_driver_has_a_title_in_each_language(driver: Driver) -> None:
    assert not CHINESE.search(driver.title)
    assert CHINESE.search(driver.title_zh)
