"""How the gateway logs: colours on a terminal, JSON lines elsewhere, and never a health value, a name or a place.

Each line has the `code` of its event (`events/`); from warnings on it says what to do, in the language of the
configuration. How much is said can be changed at any moment, also for loggers that are bound already.
"""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, TextIO, cast

import structlog
from structlog.typing import Processor

from gateway import tracebacks
from gateway.events import EVENTS
from gateway.events.event import Level
from gateway.language import Language, Said
from gateway.log_stream import LogStream
from gateway.whys import meaning

log = structlog.get_logger()

LEVELS: Mapping[Level, int] = {"debug": 10, "info": 20, "warning": 30, "error": 40}
ADVICE_FROM = LEVELS["warning"]

# What must never stand in a log line, whatever a careless call hands over.
SENSITIVE = frozenset(
    {
        "accuracy_m",
        "body",
        "diastolic",
        "key",
        "latitude",
        "longitude",
        "mean",
        "measurement",
        "measurements",
        "name",
        "password",
        "payload",
        "phone",
        "pin",
        "place",
        "position",
        "pulse",
        "reading",
        "readings",
        "room",
        "systolic",
        "text",
        "value",
        "values",
    }
)
REDACTED = "[redacted]"


@dataclass
class _Now:
    """What may change while everything that logs goes on."""

    level: Level = "info"
    language: Language = "en"


_now = _Now()


def set_up(
    *, json: bool | None = None, level: Level | None = None, language: Language = "en", stream: TextIO | None = None
) -> None:
    """Configure structlog and the standard library's logging alike, to `stream` or else stderr.

    `json`: None decides by whether that is a terminal. `level`: None takes LIFERING_LOG, else "info".
    """
    stream = stream or sys.stderr
    if json is None:
        json = not stream.isatty()
    wanted = os.environ.get("LIFERING_LOG", "info").lower() if level is None else level
    _now.level = cast("Level", wanted) if wanted in LEVELS else "info"
    _now.language = language
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        translate,
        explain,
        redact,
    ]
    render: list[Processor] = (
        [structlog.processors.ExceptionRenderer(tracebacks.text), structlog.processors.JSONRenderer(ensure_ascii=False)]
        if json
        else [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=tracebacks.write)]
    )
    written = LogStream(stream)

    def tell_of_lost(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if lines := written.take_lost():
            log.warning("log lines were lost", lines=lines)
        return event

    structlog.configure(
        processors=[quieten, tell_of_lost, *shared, *render],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS["debug"]),  # `quieten` decides, for it can be switched
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", written)),
        cache_logger_on_first_use=False,
    )
    _route_standard_logging([*shared], render, written)
    if wanted not in LEVELS:
        log.warning("log level unknown", level_wanted=wanted)


class _Nowhere(io.TextIOBase):
    """Takes lines that nobody asked for."""

    def write(self, text: str) -> int:  # type: ignore[explicit-override]  # typing.override is of Python 3.12
        """Forgets it."""
        return len(text)


def set_up_for_a_verb(language: Language) -> None:
    """For a command that says in words what it did: its log is written where LIFERING_LOG asks for it, else nowhere."""
    set_up(language=language, stream=None if "LIFERING_LOG" in os.environ else cast("TextIO", _Nowhere()))


def set_level(level: Level) -> None:
    """From now on lines of this level and above are written, by whatever logger. Raises ValueError: there is no such level."""
    if level not in LEVELS:
        raise ValueError(f"{level!r} is none of {', '.join(LEVELS)}")
    if level != _now.level:
        _now.level = level
        log.info("log level changed", to=level)


def toggle_debug() -> None:
    """Debug lines, where there were none; none, where there were some."""
    set_level("info" if _now.level == "debug" else "debug")


def set_language(language: Language) -> None:
    """From now on advice is given in this language."""
    _now.language = language


def quieten(_logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop what is not wanted now."""
    if LEVELS.get(cast("Level", method), logging.CRITICAL) < LEVELS[_now.level]:
        raise structlog.DropEvent
    return event


def translate(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of what is said in both languages, take the one that is set."""
    for key, value in event.items():
        if isinstance(value, Said):
            event[key] = value.of(_now.language)
    return event


def explain(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the event's code, and what a fixed `why` means, and from warnings on what to do about it."""
    known = EVENTS.get(event["event"])
    if known is None:  # a library's own words
        return event
    event["code"] = known.code
    if LEVELS[known.level] >= ADVICE_FROM and known.advice:
        event["advice"] = known.advice.of(_now.language)
    why = str(event.get("why", ""))
    if LEVELS[known.level] >= LEVELS["info"] and (means := meaning(why, _now.language)) != why:
        event["why_means"] = means
    return event


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank what is sensitive, at whatever depth; whoever handed it over keeps theirs."""
    for key, value in event.items():
        event[key] = REDACTED if key in SENSITIVE else _redacted(value)
    return event


def _redacted(value: object) -> object:
    if isinstance(value, dict):
        return {key: REDACTED if key in SENSITIVE else _redacted(one) for key, one in value.items()}
    return [_redacted(one) for one in value] if isinstance(value, list | tuple) else value


def _route_standard_logging(shared: list[Processor], render: list[Processor], stream: LogStream) -> None:
    """Libraries log through `logging`; from warnings on their words go the same way as ours.

    Never below: what a Bluetooth library says for debugging holds the bytes of measurements.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
