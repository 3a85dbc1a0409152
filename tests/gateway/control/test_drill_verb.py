"""`drill` at the control socket: what it opens, what it refuses, and what the log says of it."""

from __future__ import annotations

import pytest
import structlog

from gateway.control.drill_verb import DrillOpening, NoDrill
from gateway.errors import ConfigError


class Desk:
    """Knows one wearer."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, float]] = []

    def open_drill(self, wearer: str, minutes: float) -> str:
        if wearer != "W-001":
            return "unknown wearer"
        self.opened.append((wearer, minutes))
        return ""


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_it_is_opened_for_a_quarter_of_an_hour_unless_said_otherwise_and_ended(desk: Desk) -> None:
    verb = DrillOpening(desk).verbs["drill"]

    with structlog.testing.capture_logs() as logs:
        for args in ({"wearer": "W-001"}, {"wearer": "W-001", "minutes": 5}, {"wearer": "W-001", "minutes": 0}):
            await verb(args, "page")

    assert desk.opened == [("W-001", 15), ("W-001", 5), ("W-001", 0)]
    assert [(line["event"], line["by"]) for line in logs] == [("drill opened", "page")] * 2 + [("drill ended", "page")]
    assert "W-001" not in str(logs)


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ({}, ConfigError),
        ({"wearer": ""}, ConfigError),
        ({"wearer": "W-001", "minutes": 61}, ConfigError),
        ({"wearer": "W-001", "minutes": -1}, ConfigError),
        ({"wearer": "W-404"}, NoDrill),
    ],
)
async def test_what_cannot_be_is_refused(desk: Desk, args: dict[str, object], why: type[Exception]) -> None:
    with pytest.raises(why):
        await DrillOpening(desk).verbs["drill"](args, "page")

    assert desk.opened == []
