"""docs/wristbands.md and `lifering drivers --json` say the same, of every driver."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.measurement import UNITS
from gateway import cli

PAGE = Path(__file__).parent.parent / "docs" / "wristbands.md"
LIST = ("driver", "what it is", "how it is spoken with", "measures")
DETAILS = ("driver", "products", "measures", "to enrol it", "not supported", "how sure")

Row = dict[str, str]


def tables() -> Iterator[list[Row]]:
    """Every table of the page, as rows by the names of its columns."""
    for table in re.findall(r"(?:^\|.*\|\n)+", PAGE.read_text(), re.MULTILINE):
        head, _rule, *rows = [cells(line) for line in table.splitlines()]
        yield [dict(zip(head, row, strict=True)) for row in rows]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|\n").split("|")]


def details() -> dict[str, Row]:
    """What the page says of each driver at length."""
    rows = [row for table in tables() for row in table if set(DETAILS) <= row.keys()]
    found = {row["driver"].strip("`"): row for row in rows}
    assert len(found) == len(rows), "a driver has two rows"
    return found


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What `lifering drivers --json` says, by name."""
    assert cli.main(["drivers", "--json"]) == 0
    drivers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {driver["name"]: driver for driver in drivers}


def test_the_list_of_the_page_is_the_list_of_the_command(told: dict[str, Any]) -> None:
    (listed,) = [table for table in tables() if tuple(table[0]) == LIST]

    assert [tuple(row.values()) for row in listed] == [
        (f"`{name}`", driver["title"], driver["transport"], ", ".join(f"`{kind}`" for kind in driver["measures"]))
        for name, driver in told.items()
    ]


def test_every_driver_has_its_row_and_no_other(told: dict[str, Any]) -> None:
    assert details().keys() == told.keys()


def test_a_row_names_all_that_its_driver_measures(told: dict[str, Any]) -> None:
    in_rows = {name: set(re.findall(r"`(\w+)`", row["measures"])) & UNITS.keys() for name, row in details().items()}

    assert in_rows == {name: set(driver["measures"]) for name, driver in told.items()}


def test_a_row_leaves_nothing_open() -> None:
    open_cells = [(name, column) for name, row in details().items() for column in DETAILS if not row[column]]

    assert open_cells == []
