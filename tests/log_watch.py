"""Listens to every line that is logged in the tests' process, at whatever level: a planted value in one fails its test.

A plug-in of pytest. It hears structlog before any processor drops a line, with what `gateway/logs.py` blanks blanked and errors
told as it tells them, and of other libraries what their level lets through (the daemon sets it to warnings). What daemons wrote
is searched where they end (`tests/daemon.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest
from structlog import BoundLoggerBase
from structlog.processors import ExceptionRenderer

from gateway import tracebacks
from gateway.logs import redact
from tests.planted import found

_leaks: list[str] = []


def planted_lines(log: Path) -> list[str]:
    """The lines of this file in which a planted value stands."""
    if not log.is_file():  # a pipe, say
        return []
    text = log.read_text(errors="replace")
    return [line for line in text.splitlines() if found(line)] if found(text) else []


def _take(line: str) -> None:
    if planted := found(line):
        _leaks.append(f"{planted} in the log line {line}")


class _Listening:
    """The two places that every line comes through, as they were."""

    def __init__(self) -> None:
        self._process = BoundLoggerBase._process_event
        self._handle = logging.Logger.handle

    def begin(self) -> None:
        """Hears each line before it goes its way."""
        process, handle = self._process, self._handle

        def heard(logger: BoundLoggerBase, method: str, event: str | None, facts: dict[str, Any]) -> Any:
            _take(_line(method, {**logger._context, **facts, "event": event}))
            return process(logger, method, event, facts)

        def handled(logger: logging.Logger, record: logging.LogRecord) -> None:
            _take(_line(record.levelname, {"event": record.getMessage(), "exc_info": record.exc_info}))
            handle(logger, record)

        BoundLoggerBase._process_event = heard  # type: ignore[method-assign, assignment]
        logging.Logger.handle = handled  # type: ignore[method-assign, assignment]

    def end(self) -> None:
        """As if nobody had listened."""
        BoundLoggerBase._process_event = self._process  # type: ignore[method-assign]
        logging.Logger.handle = self._handle  # type: ignore[method-assign]


def _line(method: str, event: Mapping[str, Any]) -> str:
    return repr(redact(None, method, _errors(None, method, dict(event))))


_errors = ExceptionRenderer(tracebacks.text)
_listening = _Listening()


def pytest_configure() -> None:
    """Once, in each process that runs tests."""
    _listening.begin()


def pytest_unconfigure() -> None:
    """The run is over."""
    _listening.end()


def _complain() -> None:
    leaks, _leaks[:] = _leaks[:], []
    assert not leaks, "\n".join(leaks)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, object, object]:
    """What a fixture logs is of the test that wants it."""
    return _listened((yield))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """The test itself."""
    return _listened((yield))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    """What is logged as things end."""
    return _listened((yield))


def _listened(outcome: object) -> object:
    _complain()
    return outcome
