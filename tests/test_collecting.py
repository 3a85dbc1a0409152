"""Whoever runs the tests hears something while they are collected, and nothing of it after that."""

from __future__ import annotations

import threading

from tests.collecting import TELL_EVERY_S, Collecting


def test_it_tells_until_the_first_test_runs() -> None:
    said: list[str] = []
    often = threading.Event()

    def say(line: str) -> None:
        said.append(line)
        if len(said) == 3:
            often.set()

    collecting = Collecting(say, every_s=0.001)
    collecting.pytest_sessionstart()
    assert often.wait(60)
    collecting.pytest_runtest_logstart()
    so_far = list(said)

    assert all(line.startswith("collecting the tests, ") for line in said)
    assert said == so_far


def test_nobody_waits_longer_than_five_seconds() -> None:
    assert TELL_EVERY_S < 5


def test_a_session_that_never_began_ends() -> None:
    Collecting(lambda _: None).end()
