"""The questions of `setup`: what is asked after which answer, and what an answer leaves of what was known."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gateway.cli.setup.dialogue import USUAL, Interview, answered, answers, questions
from gateway.words.setup import QUESTIONS


def after(typed: Mapping[str, str], known: Mapping[str, str] = {}) -> tuple[Interview, list[str]]:
    """All is answered as typed, by the name of the question, else with Enter; and what was asked."""
    interview, asked = Interview(questions(()), {**USUAL, **known}), []
    while question := interview.question:
        asked.append(question.name)
        interview, _ = answered(interview, typed.get(question.name, ""), lambda _interview, _question: None)
    return interview, asked


def test_who_has_no_user_name_is_asked_for_no_password() -> None:
    assert "password" in after({"username": "xishan-01"})[1]
    assert "password" not in after({"username": "-"})[1]


@pytest.mark.parametrize(("has_one", "words"), [(True, "leave it as it is"), (False, "there is none")])
def test_only_where_there_is_a_password_enter_leaves_it_as_it_is(has_one: bool, words: str) -> None:
    (password,) = (one for one in questions((), has_password=has_one) if one.name == "password")

    assert words in QUESTIONS[password.words].english


def test_a_dash_takes_away_what_was_known() -> None:
    known = {"username": "xishan-01", "ca_file": "ca.pem"}
    kept, taken = (answers(after(typed, known)[0]) for typed in ({}, {"username": "-", "ca_file": "-"}))

    assert (kept.username, kept.ca_file) == ("xishan-01", "ca.pem")
    assert (taken.username, taken.ca_file) == ("", "")
