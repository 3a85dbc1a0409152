"""A long command says how far it is, whether somebody looks at a terminal or reads its lines later."""

from __future__ import annotations

import io

import pytest

from tests.progress import A_LINE_EVERY_S, Progress


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_without_a_terminal_there_is_a_line_at_once_and_then_one_now_and_then() -> None:
    lines, clock = io.StringIO(), Clock()
    progress = Progress(1000, "cases", lines, clock)

    progress.at(0)
    clock.now_s += A_LINE_EVERY_S - 1
    progress.at(100)
    clock.now_s += 1
    progress.at(200, "no breach")

    assert lines.getvalue() == "0 of 1000 cases\n200 of 1000 cases, no breach, about 2 min left\n"


def test_on_a_terminal_each_step_is_shown_in_one_line_that_is_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, clock = io.StringIO(), Clock()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    progress = Progress(4, "breaks", screen, clock)

    progress.at(1)
    progress.at(2)
    progress.stays("red: a job is left out")
    progress.ends()

    shown = screen.getvalue()
    assert shown.count("\n") == 1
    assert "red: a job is left out\n" in shown
    assert f"[{'#' * 15}{'.' * 15}] 2 of 4 breaks" in shown
    assert shown.endswith("\r\033[K")
