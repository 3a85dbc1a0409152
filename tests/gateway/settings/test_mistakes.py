"""Mistakes are told in plain words, in both languages, harmless for a terminal."""

from __future__ import annotations

import re
from collections import UserString
from pathlib import Path
from string import Formatter

import pytest

from gateway.settings.mistakes import HINTS, WORDS, Mistake, plain, shown
from gateway.settings.toml_text import CODES

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("code", WORDS)
def test_both_languages_tell_the_same_facts(code: str) -> None:
    english, chinese = ({name for _, name, _, _ in Formatter().parse(words) if name is not None} for words in WORDS[code])

    assert all(name.isidentifier() for name in english | chinese)
    assert english == {name.removesuffix("_zh") for name in chinese}


@pytest.mark.parametrize("words", [*WORDS.values(), *HINTS.values()], ids=[*WORDS, *HINTS])
def test_each_is_said_in_its_language(words: tuple[str, str]) -> None:
    english, chinese = words

    assert not CHINESE.search(english)
    assert CHINESE.search(chinese) or english == "{otherwise}"


def test_every_code_that_is_raised_has_words() -> None:
    sources = [*Path("gateway/settings").glob("*.py")]
    raised = {
        code
        for source in sources
        for code in re.findall(r'(?<![.\w])(?:mistake|BadFile|BadTable)\(\s*"(\w+)"', source.read_text())
    }

    assert raised
    assert raised | set(CODES.values()) <= set(WORDS)


def test_the_line_tells_file_place_key_what_is_wrong_and_a_guess() -> None:
    mistake = Mistake("gateway.toml", 7, "mqtt.hsot", "unknown_key", {"near": "host"})

    assert mistake.told("en") == "gateway.toml:7: mqtt.hsot: there is no such setting; did you mean host?"
    assert mistake.told("zh-CN") == "gateway.toml:7: mqtt.hsot: 没有这个设置项；是不是 host？"


@pytest.mark.parametrize(
    ("value", "told"),
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
def test_a_value_is_shown_short_and_harmless(value: object, told: str) -> None:
    assert shown(value) == told


def test_no_text_can_end_a_line() -> None:
    everything = UserString("").join(map(chr, range(0x110000)))

    assert len(plain(everything, longest=0x110000).splitlines()) == 1
