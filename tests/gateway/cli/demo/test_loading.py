"""Nobody sits before a dead screen while the demo is loaded."""

from __future__ import annotations

import threading

import pytest

from gateway.cli.demo import loading
from gateway.language import Language


class Screen:
    """Where lines come; says when so many are there."""

    def __init__(self, lines: int) -> None:
        self.text = ""
        self._lines, self.is_full = lines, threading.Event()

    def write(self, text: str) -> None:
        self.text += text
        if self.text.count("\n") >= self._lines:
            self.is_full.set()

    def flush(self) -> None:
        pass


@pytest.mark.parametrize(("language", "first", "more"), [("en", "Loading", "still"), ("zh-CN", "正在加载", "仍在加载")])
def test_a_word_comes_at_once_and_more_until_it_is_loaded(
    language: Language, first: str, more: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen(3)
    monkeypatch.setattr("sys.stderr", screen)

    with loading.told(language, every_s=0.001):
        assert screen.is_full.wait(60)
    said = screen.text.splitlines()

    assert first in said[0]
    assert all(more in line for line in said[1:])
    assert [thread.name for thread in threading.enumerate() if thread.name == "demo-loading"] == []


def test_where_it_is_loaded_soon_one_word_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    with loading.told("en", every_s=3600):
        pass

    assert capsys.readouterr().err.count("\n") == 1


def test_nobody_waits_longer_than_five_seconds() -> None:
    assert loading.TELL_EVERY_S < 5
