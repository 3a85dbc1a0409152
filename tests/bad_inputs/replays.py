"""Lines that are to be replayed: those of tests/gateway/replay/test_bad_lines.py."""

from __future__ import annotations

from pathlib import Path

from gateway.words.replay import BAD_LINES
from tests.gateway.replay.played import played, press
from tests.gateway.replay.test_bad_lines import BAD

KIND, PARSER = "a line to be replayed", "gateway/replay/lines.py"
INPUTS: dict[str, tuple[bytes, str]] = {f"{number}: {code}": (line, code) for number, (line, code) in enumerate(BAD, 1)}


def said(planted: tuple[bytes, str], folder: Path) -> str:
    """It is told with its number; the lines around it are played."""
    line, code = planted
    found = played([press(0), line, press(1, wearer="W-2")])
    assert [(number, bad.code) for number, bad in found.bad] == [(2, code)]
    assert [alert["wearer"] for alert in found.alerts] == ["W-1", "W-2"]
    return BAD_LINES[code].english
