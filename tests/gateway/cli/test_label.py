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


@pytest.mark.parametrize(
    ("phone", "is_one"), [("abc", False), ("", False), ("12", False), ("0573-5550100转8001", True), ("+86 139 0000 0001", True)]
)
def test_what_nobody_can_call_does_not_stand_on_it(phone: str, is_one: bool, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [*ASKED[:-1], phone]
    if is_one:
        assert main(asked) == 0
        assert phone in capsys.readouterr().out
        return
    with pytest.raises(SystemExit) as ended:
        main(asked)

    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (2, "")
    assert "0573-5550100" in err
