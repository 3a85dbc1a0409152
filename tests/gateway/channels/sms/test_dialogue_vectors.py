"""Conversations step by step, in virtual time: in one piece, and byte by byte."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.channels.sms.reports import ReportBook, SentMessage
from tests.gateway.channels.sms.scripted_modem import ScriptedModem
from tests.gateway.channels.sms.virtual_line import VirtualLine, wall_ms

OURS = Path(__file__).parent / "dialogue.toml"
SHARED = Path(__file__).parents[5] / "shared" / "protocols" / "vectors" / "sms-dialogue.json"


def ours() -> list[Any]:
    return [pytest.param(row, id=row["name"]) for row in tomllib.loads(OURS.read_text())["dialogue"]]


def shared() -> list[Any]:
    """None where the vectors that other implementations are held to do not lie beside the checkout."""
    return [pytest.param(row, id=row["name"]) for row in (json.loads(SHARED.read_text()) if SHARED.is_file() else [])]


def play(row: Mapping[str, Any], pieces: int) -> None:
    modem = ScriptedModem(row["script"])
    line = VirtualLine(modem, pieces=pieces).starts()
    line.run_for(2)
    modem.begin(line.now_s)

    result = line.send_stubbornly(row["text"], row["number"])
    line.run_for(130)

    assert modem.mistakes == []
    assert modem.over, f"the script stands still at {modem.step}"
    want = row["want"]
    assert result.outcome == want["result"]
    assert list(result.references) == want.get("refs", [])
    assert result.duplicate_possible is want.get("duplicate_possible", False)
    if "report" in want:
        assert fate(line, row["number"], list(result.references)) == want["report"]


def fate(line: VirtualLine, number: str, references: list[int]) -> str:
    """As the reports tell it that have come."""
    book, now_ms = ReportBook(), wall_ms(line.now_s)
    for report in line.dialogue.receiving.reports:
        book.reported(report, now_ms)
    message = SentMessage("A41", number, references, now_ms)
    book.sent(message)
    return message.fate


@pytest.mark.parametrize("pieces", [0, 1], ids=["in one piece", "byte by byte"])
@pytest.mark.parametrize("row", ours())
def test_a_conversation_goes_as_it_should(row: Mapping[str, Any], pieces: int) -> None:
    play(row, pieces)


@pytest.mark.parametrize("row", shared())
def test_a_shared_conversation(row: Mapping[str, Any]) -> None:
    play(row, 0)
