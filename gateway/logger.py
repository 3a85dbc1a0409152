"""A logger of what also runs where nobody reads a log: structlog, slow to import, comes with the first line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_said = {"aloud": True}


@contextmanager
def silence() -> Iterator[None]:
    """Nothing is written within: what this process prints is for whoever runs it."""
    _said["aloud"] = False
    try:
        yield
    finally:
        _said["aloud"] = True


class Logger:
    """The same as `structlog.get_logger()`."""

    def debug(self, event: str, **facts: object) -> None:
        """What happened, for whoever looks for a fault."""
        self._write("debug", event, facts)

    def info(self, event: str, **facts: object) -> None:
        """What happened."""
        self._write("info", event, facts)

    def warning(self, event: str, **facts: object) -> None:
        """What should not happen."""
        self._write("warning", event, facts)

    def error(self, event: str, **facts: object) -> None:
        """What somebody must mend."""
        self._write("error", event, facts)

    def _write(self, level: str, event: str, facts: dict[str, object]) -> None:
        if _said["aloud"]:
            import structlog

            getattr(structlog.get_logger(), level)(event, **facts)
