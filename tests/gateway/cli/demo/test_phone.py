"""The phone in the demo: what somebody on duty reads, in characters."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from fake_devices import story
from fake_devices.phones import Sms
from gateway.cli.columns import width
from gateway.cli.demo.chronicle import Chronicle
from gateway.cli.demo.phone import drawn
from gateway.cli.demo.picture import picture
from gateway.cli.demo.stage import SMALLEST
from gateway.language import Language
from gateway.words.demo import LANGUAGES

QUESTIONS: dict[Language, str] = {
    "en": "lifering: URGENT room 3-201 W-001 SOS 08:11. Reply 1=going 2=cannot #A41",
    "zh-CN": "【救命环】紧急 3-201室 W-001 求助 08:11。回1=我去 2=不能去 #A41",
}


@pytest.mark.parametrize("text", [*QUESTIONS.values(), "", "x" * 99])
def test_every_line_of_a_phone_is_as_wide_as_the_others(text: str) -> None:
    lines = drawn("护工小林的手机", [Sms(0, "lin", text), Sms(1, "lin", "1", answer=True)])

    assert len({width(line) for line in lines}) == 1
    assert lines[-2].endswith("  1 │")  # what was written there stands on the right


@pytest.mark.parametrize("text", QUESTIONS.values())
def test_nothing_of_a_message_is_left_out(text: str) -> None:
    screen = drawn("", [Sms(0, "lin", text)])[1:-1]

    assert "".join(line.strip("│ ") for line in screen).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(("language", "text"), QUESTIONS.items())
def test_the_phone_stands_in_the_smallest_picture_with_question_answer_and_confirmation(language: Language, text: str) -> None:
    chronicle = Chronicle(story.load("demo"), language, LANGUAGES[language], "demo-01", 0.0)
    chronicle.sms = [Sms(1, "lin", text), Sms(2, "lin", "1", answer=True), Sms(3, "lin", text)]
    console = Console(width=SMALLEST[0], height=SMALLEST[1], file=io.StringIO())

    with console.capture() as shown:
        console.print(picture(chronicle, "", "", 3.5), height=SMALLEST[1])

    assert LANGUAGES[language].phone.format(chronicle.phones["lin"]) in shown.get()
    assert shown.get().count("#A41") == 2
