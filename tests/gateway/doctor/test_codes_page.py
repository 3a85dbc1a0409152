"""The pages on mending have every code of the doctor, in the words in which it says it, and every fault as the page says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.language import Language
from gateway.words.doctor import WORDS
from gateway.words.faults import FAULTS
from gateway.words.machine_mistakes import MACHINE
from gateway.words.mistakes import WORDS as MISTAKES
from gateway.words.status import FAULTS as STATUS_FAULTS
from tests.make_doctor_codes import MARKS, PAGES, page

SEEN_BY_BOTH = {"undervoltage", "overheated"}  # and they mean the same


def test_one_code_means_one_thing() -> None:
    assert WORDS.keys() & (FAULTS | STATUS_FAULTS).keys() == SEEN_BY_BOTH
    assert MISTAKES.keys() & (WORDS | FAULTS | STATUS_FAULTS).keys() == set()


def test_every_finding_is_planted_in_a_test() -> None:
    here = Path(__file__).parent
    folders = (here, here.parent / "settings" / "machine")
    tests = "".join(file.read_text(encoding="utf-8") for folder in folders for file in folder.glob("test_*.py"))

    assert [code for code in WORDS | MACHINE if f'"{code}"' not in tests] == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_page_has_the_tables_of_the_words(language: Language) -> None:
    written = PAGES[language].read_text(encoding="utf-8")

    assert [written.count(mark) for marks in MARKS.values() for mark in marks] == [1, 1, 1, 1]
    assert written == page(language), "python -m tests.make_doctor_codes writes it anew"
