"""The label on the box says in both languages, Chinese first, what to do; the name and the number are those that were given."""

from __future__ import annotations

import re

import pytest

from gateway.cli import main
from gateway.words.label import EMERGENCY, KEEP, SIGNS

ASKED = ["label", "--center", "西山 <一> & 二", "--phone", "0573-5550100"]


def test_it_names_the_center_and_whom_to_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ASKED) == 0
    page = capsys.readouterr().out

    assert "西山 &lt;一&gt; &amp; 二" in page
    assert page.count("0573-5550100") == 1
    assert "size: A6" in page


def test_it_says_everything_in_chinese_and_then_in_english(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ASKED) == 0
    chinese, english = re.findall(r"<section.*?</section>", capsys.readouterr().out, re.DOTALL)

    for said in (KEEP, EMERGENCY, *(said for sign in SIGNS for said in sign)):
        assert said.chinese in chinese
        assert said.english in english


@pytest.mark.parametrize("missing", ["--center", "--phone"])
def test_without_a_name_or_a_number_there_is_no_label(missing: str, capsys: pytest.CaptureFixture[str]) -> None:
    at = ASKED.index(missing)
    with pytest.raises(SystemExit) as ended:
        main([*ASKED[:at], *ASKED[at + 2 :]])

    assert ended.value.code == 2
    assert missing in capsys.readouterr().err
