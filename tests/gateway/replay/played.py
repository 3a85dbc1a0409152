"""A replay for tests: lines as dictionaries in, lines as dictionaries out, by the command itself."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.cli.replay import given
from gateway.replay.lines import BadLine
from gateway.replay.replaying import Replay
from gateway.replay.source import Source
from gateway.replay.stats import Stats

Line = dict[str, Any]
START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # a Monday, 11:00 in Shanghai


def at(seconds: float) -> str:
    """So long after the beginning."""
    return (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def reading(seconds: float, kind: str, value: object, **others: object) -> Line:
    """Of W-1, unless the others say otherwise."""
    return {"wearer": "W-1", "kind": kind, "value": value, "at": at(seconds), **others}


def press(seconds: float, **others: object) -> Line:
    """A call for help."""
    return reading(seconds, "button", "sos", **others)


def deed(seconds: float, do: str, **others: object) -> Line:
    """Something is done."""
    return {"do": do, "at": at(seconds), **others}


def command(seconds: float, verb: str, *, actor: str = "nurse", **args: object) -> Line:
    """Somebody asks."""
    return deed(seconds, "command", verb=verb, args=args, actor=actor)


@dataclass
class Played:
    """What came out."""

    lines: list[Line] = field(default_factory=list)
    bad: list[tuple[int, BadLine]] = field(default_factory=list)
    stats: Stats | None = None

    @property
    def alerts(self) -> list[Line]:
        """The ALERTs."""
        return [line for line in self.lines if "event" in line]

    @property
    def told(self) -> list[tuple[str, str]]:
        """Kind and event of each."""
        return [(alert["kind"], alert["event"]) for alert in self.alerts]

    def of(self, what: str) -> list[Any]:
        """All `reply`, `sms` or `snapshot` lines, without their time."""
        return [line[what] for line in self.lines if what in line]


def played(lines: Iterable[Line | bytes], *, config: Path | None = None, receipts: bool = True, stats: bool = False) -> Played:
    """By default with the shipped rules."""
    raw = b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    found, written = Played(), list[bytes]()
    replay = Replay(Source(io.BytesIO(raw)), *given(config), receipts=receipts)
    found.stats = replay.run(written.append, lambda number, bad: found.bad.append((number, bad)), counting=stats)
    found.lines = [json.loads(line) for line in written]
    return found
