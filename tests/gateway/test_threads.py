"""Threads that are there before they are needed."""

from __future__ import annotations

import threading

import pytest

from gateway.threads import ENOUGH, started_threads


def refused(_thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_all_run_before_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = threading.active_count()

    with started_threads() as pool:
        assert threading.active_count() == before + ENOUGH
        monkeypatch.setattr(threading.Thread, "start", refused)

        assert list(pool.map(abs, range(-2 * ENOUGH, 0))) == list(range(2 * ENOUGH, 0, -1))


@pytest.mark.parametrize("given", [0, 1, ENOUGH - 1])
def test_where_the_system_gives_fewer_it_begins_all_the_same(monkeypatch: pytest.MonkeyPatch, given: int) -> None:
    left, start = [given], threading.Thread.start

    def counted(thread: threading.Thread) -> None:
        if not left[0]:
            refused(thread)
        left[0] -= 1
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", counted)

    started_threads().shutdown()
