"""Where the demo is shown: who has a small window is told that a larger one shows more."""

from __future__ import annotations

import sys

import pytest

from fake_devices import story
from gateway.cli.demo.chronicle import Chronicle
from gateway.cli.demo.stage import SMALLEST, LiveStage, PlainStage, stage_for
from gateway.language import Language
from gateway.words.demo import LANGUAGES


def shown(language: Language, columns: int, lines: int, monkeypatch: pytest.MonkeyPatch) -> type:
    """On which kind of stage, at a terminal of this size."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", str(lines))
    return type(stage_for(Chronicle(story.load("demo"), language, LANGUAGES[language], "demo-01", 0.0), "title", ""))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (100, 30)])
def test_in_a_small_window_it_is_said_how_large_one_must_be(
    language: Language, columns: int, lines: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(language, columns, lines, monkeypatch) is PlainStage

    out = capsys.readouterr().out
    assert all(str(number) in out for number in SMALLEST)


def test_in_a_window_that_is_large_enough_there_is_the_picture(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown("en", *SMALLEST, monkeypatch) is LiveStage
    assert capsys.readouterr().out == ""
