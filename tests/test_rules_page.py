"""The pages on the rules are made of the shipped table and of the measured ward, and say every row in both languages."""

from __future__ import annotations

import re

import pytest

from gateway.language import Language
from gateway.rules.rows import PARTS
from gateway.rules.signature import signature_of
from tests.make_rules_page import PAGES, source, text

LANGUAGES: tuple[Language, ...] = ("en", "zh-CN")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_the_one_that_is_made_of_the_table(language: Language) -> None:
    assert PAGES[language].read_text(encoding="utf-8") == text(language, source()), "./dev rules-page writes it anew"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_of_the_table_is_on_the_page_with_its_source(language: Language) -> None:
    page, rows = text(language, source()), source().rows

    for kind in PARTS:
        for name, row in rows.of(kind).limits.items():
            (line,) = [one for one in page.splitlines() if one.startswith(f"| `{name}` ({row.rule})") and row.source in one]
            assert f"{row.limit:g}" in line


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_which_table_is_to_be_signed_and_that_it_is_no_advice(language: Language) -> None:
    page = text(language, source())

    assert f'reviewed_rows = "{signature_of(source().data).rows}"' in page
    assert ("None of this is medical advice" if language == "en" else "本页不是医疗建议") in " ".join(page.split())


def test_the_chinese_page_has_no_row_without_chinese_words() -> None:
    rows = [line for line in text("zh-CN", source()).splitlines() if line.startswith("| `")]

    assert rows
    assert [row for row in rows if not re.search("[\u4e00-\u9fff]", row.split("|")[2])] == []
