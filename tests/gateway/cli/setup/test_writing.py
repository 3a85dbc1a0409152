"""Questions, answers and the written file are values."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cli.columns import width
from gateway.cli.setup.answers import Answers, BandAnswer, SerialAnswer, before, configuration
from gateway.cli.setup.dialogue import Interview, answered, answers, questions
from gateway.settings.shipped import shipped
from gateway.settings.toml_values import with_value
from gateway.words.setup import QUESTIONS, SETUP

EXAMPLE = shipped("gateway.toml").read_text(encoding="utf-8")
SITE = Answers(
    id="yinxi-07",
    host="mqtt.example",
    language="en",
    tls=False,
    username='a "quoted" name',
    serial=(SerialAnswer(port="/dev/serial/by-id/usb-hub"),),
    wristband=(BandAnswer(address="C0:FF:EE:00:00:01", driver="bthome", wearer="W-001"),),
)


def test_the_answers_stand_in_the_example_and_its_comments_stay() -> None:
    text = configuration(EXAMPLE, SITE, {"password_file": "mqtt-password"})

    said = tomllib.loads(text)
    assert said["gateway"] == {"id": "yinxi-07", "language": "en", "time_zone": "Asia/Shanghai"}
    assert said["mqtt"] == {
        "host": "mqtt.example",
        "port": 1883,
        "version": "5",
        "username": 'a "quoted" name',
        "password_file": "mqtt-password",
        "tls": False,
        "insecure": True,
    }
    assert said["serial"] == [{"name": "port-1", "port": "/dev/serial/by-id/usb-hub", "driver": "serial-hub"}]
    comments = [line for line in EXAMPLE.splitlines() if line.startswith("# ")]
    assert [line for line in text.splitlines() if line in comments] == comments


def test_a_second_time_changes_nothing() -> None:
    once = configuration(EXAMPLE, SITE, {})
    assert configuration(once, SITE, {}) == once


def test_what_was_plain_text_is_encrypted_again() -> None:
    text = configuration(configuration(EXAMPLE, SITE, {}), Answers(id="a", host="h"), {"ca_file": "ca.pem"})
    said = tomllib.loads(text)["mqtt"]
    assert (said["tls"], said["port"], said["ca_file"], "insecure" in said) == (True, 8883, "ca.pem", False)


@given(st.sampled_from(["id", "host", "port", "keep_alive_s", "new_key"]), st.sampled_from(["gateway", "mqtt", "store", "x"]))
def test_one_key_is_set_and_no_other(key: str, section: str) -> None:
    text = with_value(EXAMPLE, section, key, "value")
    before, after = tomllib.loads(EXAMPLE), tomllib.loads(text)
    assert after.pop(section) == {**before.pop(section, {}), key: "value"}
    assert after == before
    assert tomllib.loads(with_value(text, section, key, None)).get(section, {}).get(key) is None


def test_each_question_has_a_default_and_a_way_back() -> None:
    interview = Interview(questions(["/dev/one"]), {**before(EXAMPLE), "bluetooth": "y", "serial /dev/one": "serial-hub"})
    names = []
    while question := interview.question:
        names.append(question.name)
        back, _ = answered(interview, "<", lambda _interview, _question: None)
        assert back.at < interview.at or interview.at == 0
        interview, complaint = answered(interview, "", lambda _interview, _question: None)
        assert complaint is None
    assert names == [question.name for question in questions(["/dev/one"]) if question.name not in ("pin", "phones")]
    assert answers(interview).id == "xishan-01"
    assert answers(interview).serial == (SerialAnswer(port="/dev/one"),)


def test_nobody_is_asked_for_an_authority_without_tls_and_the_port_follows() -> None:
    interview = Interview(questions([]), before(EXAMPLE), {"tls": "y"}, at=3)
    interview, _ = answered(interview, "n", lambda _interview, _question: None)
    assert interview.question is not None
    assert interview.default(interview.question) == "1883"
    interview, _ = answered(interview, "", lambda _interview, _question: None)
    assert interview.question is not None
    assert interview.question.name == "username"
    back, _ = answered(interview, "<", lambda _interview, _question: None)
    assert back.question is not None
    assert back.question.name == "port"


@pytest.mark.parametrize("words", [*QUESTIONS.values(), *SETUP.values()])
def test_no_line_is_wider_than_a_terminal(words: tuple[str, str]) -> None:
    assert max(width(line) for text in words for line in text.splitlines()) <= 80
