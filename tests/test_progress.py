"""A long run says what it does: a line that is written over on a terminal, one now and again where there is none."""

from __future__ import annotations

from io import StringIO

from tests.progress import Progress


class Terminal(StringIO):
    def isatty(self) -> bool:  # type: ignore[explicit-override]  # typing.override is of Python 3.12
        return True


def test_without_a_terminal_the_first_line_comes_at_once_and_others_now_and_again() -> None:
    log = StringIO()
    progress = Progress(log, every_s=3600)

    progress.counts(0, 4, "seeds")
    progress.counts(1, 4, "seeds")
    progress.says("seed 1: found something")

    assert log.getvalue() == f"[{'.' * 30}] 0/4 seeds, 0 s\nseed 1: found something\n"


def test_where_each_line_is_wanted_each_is_there() -> None:
    log = StringIO()
    progress = Progress(log, every_s=0)

    progress.counts(1, 2, "seeds")
    progress.counts(2, 2, "seeds")

    assert [line[33:42] for line in log.getvalue().splitlines()] == ["1/2 seeds", "2/2 seeds"]


def test_on_a_terminal_a_line_is_written_over_and_what_stays_stands_alone() -> None:
    terminal = Terminal()
    progress = Progress(terminal)

    progress.shows("first")
    progress.shows("second")
    progress.says("done")

    assert terminal.getvalue() == "\r\x1b[Kfirst\r\x1b[Ksecond\r\x1b[Kdone\n"
