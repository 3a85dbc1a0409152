"""docs/data-inventory.md names every field that is kept or sent: a new one without its entry is red here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data_places import places

PAGE = Path(__file__).parent.parent / "docs" / "data-inventory.md"
COLUMNS = ("place", "fields", "what it tells of a person", "level", "how long", "who sees it")
LEVELS = {"1", "2", "3", "4"}


def rows() -> Iterator[dict[str, str]]:
    """Every row of the tables with the columns of the inventory."""
    for table in re.findall(r"(?:^\|.*\|\n)+", PAGE.read_text(), re.MULTILINE):
        head, _rule, *lines = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in table.splitlines()]
        if tuple(head) == COLUMNS:
            yield from (dict(zip(head, line, strict=True)) for line in lines)


def entries() -> dict[str, set[str]]:
    """The fields that the page names, by place; a place may have several rows."""
    found: dict[str, set[str]] = {}
    for row in rows():
        found.setdefault(row["place"].strip("`"), set()).update(re.findall(r"`([^`]+)`", row["fields"]))
    return found


@pytest.mark.parametrize("place", places())
def test_every_field_of_a_place_has_its_entry_and_no_other(place: str) -> None:
    assert entries().get(place, set()) == places()[place]


def test_every_place_of_the_page_is_one() -> None:
    assert entries().keys() == places().keys()


def test_every_entry_says_how_sensitive_it_is_how_long_it_stays_and_who_sees_it() -> None:
    for row in rows():
        assert row["level"] in LEVELS, row
        assert all(row.values()), row


def test_the_chinese_page_has_the_same_places_fields_and_levels() -> None:
    pages = [PAGE, PAGE.with_name("data-inventory.zh-CN.md")]
    english, chinese = (
        [row.split("|")[1:5] for row in page.read_text().splitlines() if row.startswith("| `")] for page in pages
    )

    assert [(row[0], row[1], row[3]) for row in chinese] == [(row[0], row[1], row[3]) for row in english]


def test_the_days_of_the_page_are_those_of_the_code() -> None:
    from gateway.settings.sections.store import StoreSection
    from gateway.store.retention import CLOSED_DAYS

    page = PAGE.read_text()
    assert f"{CLOSED_DAYS} days after it was closed" in page
    assert f"{StoreSection.model_fields['keep_delivered_days'].default} days after delivery" in page
