"""How the gateway logs: colours on a terminal, JSON lines elsewhere, and never a health value, a name or a place."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

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
        "place",
        "position",
        "pulse",
        "reading",
        "readings",
        "systolic",
        "text",
        "value",
        "values",
    }
)
REDACTED = "[redacted]"


def set_up(*, json: bool | None = None, debug: bool = False, stream: TextIO | None = None) -> None:
    """Configure structlog and the standard library's logging alike, to `stream` or else stderr.

    `json`: None decides by whether that is a terminal.
    """
    stream = stream or sys.stderr
    if json is None:
        json = not stream.isatty()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    render: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if json
        else [structlog.dev.ConsoleRenderer(colors=stream.isatty())]
    )
    structlog.configure(
        processors=[*shared, *render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    _route_standard_logging([*shared], render, stream)


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank what is sensitive, at whatever depth."""
    for key, value in event.items():
        if key in SENSITIVE:
            event[key] = REDACTED
        elif isinstance(value, dict):
            redact(_logger, _method, value)
    return event


def _route_standard_logging(shared: list[Processor], render: list[Processor], stream: TextIO) -> None:
    """Libraries log through `logging`; from warnings on their words go the same way as ours."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
