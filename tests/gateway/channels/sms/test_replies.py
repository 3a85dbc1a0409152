"""What people answer, as their telephones write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.sms.replies import Answer, read


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1", Answer("going")),
        ("2", Answer("cannot")),
        (" 1 \r\n", Answer("going")),
        ("１", Answer("going")),
        ("1️⃣", Answer("going")),
        ("２", Answer("cannot")),
        ("1 A41", Answer("going", 41)),
        ("1A41", Answer("going", 41)),
        ("1 a41", Answer("going", 41)),
        ("1 #A41", Answer("going", 41)),
        ("1#a41", Answer("going", 41)),
        ("1 # A 41", Answer("going", 41)),
        ("1，A41", Answer("going", 41)),
        ("１　＃Ａ４１", Answer("going", 41)),
        ("2 #41", Answer("cannot", 41)),
        ("2　a４１", Answer("cannot", 41)),
        ("1 A0041", Answer("going", 41)),
        ("1。", Answer("going")),
        ("1!", Answer("going")),
    ],
)
def test_an_answer_is_understood_however_it_is_written(text: str, answer: Answer) -> None:
    assert read(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "0",
        "11",
        "12",
        "1 2",
        "141",
        "1 41",
        "A41",
        "yes",
        "我去",
        "1 B41",
        "1 A",
        "1 A41 A42",
        "-1",
        "1" * 65,
        "1 A" + "9" * 40,
        "①x",
    ],
)
def test_everything_else_is_no_answer(text: str) -> None:
    assert read(text) is None


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    found = read(text)

    assert found is None or found.meaning in ("going", "cannot")
