"""The committed JSON Schemas are those of the code."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from tests.make_schemas import SCHEMAS, folder, text


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_committed_schema_is_up_to_date(name: str) -> None:
    assert (folder() / name).read_text(encoding="utf-8") == text(SCHEMAS[name]()), "./dev schemas writes it anew"


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_is_a_valid_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name]())


def test_no_schema_lies_there_that_nothing_makes() -> None:
    assert {path.name for path in folder().iterdir()} == set(SCHEMAS)
