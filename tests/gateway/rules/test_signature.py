"""A table is reviewed as long as its rows are those that a clinician signed."""

from __future__ import annotations

import tomllib

from gateway.rules.signature import mark_of, signature_of
from tests.gateway.rules.ward import RULES_TOML

TEXT = RULES_TOML.read_text(encoding="utf-8")
DATA = tomllib.loads(TEXT)


def signed(data: dict[str, object]) -> dict[str, object]:
    return data | {"reviewed_by": "Dr. Example, geriatrician", "reviewed_on": "2026-12-01", "reviewed_rows": mark_of(data)}


def test_the_shipped_table_says_that_nobody_has_signed_it() -> None:
    assert signature_of(DATA).state == "unsigned"


def test_a_table_that_was_signed_as_it_is_counts_as_reviewed() -> None:
    assert signature_of(signed(DATA)).state == "signed"


def test_a_name_without_a_day_is_no_signature() -> None:
    assert signature_of(signed(DATA) | {"reviewed_on": " "}).state == "unsigned"


def test_after_a_change_of_any_row_the_signature_is_of_another_table() -> None:
    changed = signed(DATA) | {"version": "another"}

    assert signature_of(changed).state == "changed"
    assert signature_of(changed).signed_rows != signature_of(changed).rows


def test_a_limit_that_is_one_unit_further_out_is_another_table() -> None:
    other = tomllib.loads(TEXT.replace("limit = 40,", "limit = 39,"))

    assert mark_of(other) != mark_of(DATA)


def test_comments_and_the_order_of_lines_say_nothing() -> None:
    assert mark_of(tomllib.loads(f"# reviewed soon\n{TEXT}")) == mark_of(DATA)
    assert mark_of(dict(reversed(DATA.items()))) == mark_of(DATA)
