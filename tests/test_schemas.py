"""The committed JSON Schemas are those of the code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from drivers.measurement import Kind
from gateway.alert import AlertKind
from tests.make_schemas import SCHEMAS, folder, text


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_committed_schema_is_up_to_date(name: str) -> None:
    assert (folder() / name).read_text(encoding="utf-8") == text(SCHEMAS[name]()), "./dev schemas writes it anew"


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_is_a_valid_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name]())


def test_no_schema_lies_there_that_nothing_makes() -> None:
    assert {path.name for path in folder().iterdir()} == set(SCHEMAS)


MESSAGES = sorted(set(SCHEMAS) - {"gateway-config.schema.json"})
PRESSURES, PLACES = {"systolic", "diastolic", "mean", "pulse"}, {"latitude", "longitude", "accuracy_m"}
AS_THE_DEVICE_SAYS = {"value", "rr_ms", "rssi", "limit"} | PRESSURES | PLACES
BEFORE_THE_BOOT = {"monotonic_ms"}  # what a device had stored when the gateway was off


def parts(schema: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part of a schema, with the name of the property that it is of."""
    if isinstance(schema, dict):
        yield name, schema
        for key, inner in schema.items():
            yield from parts(inner, key if key not in {"items", "anyOf", "additionalProperties"} else name)
    elif isinstance(schema, list):
        for inner in schema:
            yield from parts(inner, name)


@pytest.mark.parametrize("name", MESSAGES)
def test_each_word_of_each_enumeration_is_described_and_each_has_a_name(name: str) -> None:
    for _, part in parts(SCHEMAS[name]()):
        if words := [word for word in part.get("enum", ()) if isinstance(word, str)]:
            assert [line.split("`")[1] for line in part["description"].splitlines()] == words
            assert part["title"]


@pytest.mark.parametrize("name", MESSAGES)
def test_every_number_that_the_gateway_makes_has_a_least_value(name: str) -> None:
    for property_, part in parts(SCHEMAS[name]()):
        if part.get("type") in {"integer", "number"} and property_ not in AS_THE_DEVICE_SAYS | BEFORE_THE_BOOT:
            assert "minimum" in part, property_


@pytest.mark.parametrize(("name", "message"), [("alert", "AlertMessage"), ("readings", "ReadingMessage")])
def test_the_kind_tells_which_type_a_message_is_of(name: str, message: str) -> None:
    types: Any = SCHEMAS[f"{name}.schema.json"]()["$defs"]
    told_apart = types[message]["discriminator"]["mapping"]

    assert set(told_apart) == set(get_args(AlertKind if name == "alert" else Kind))
    assert {part["$ref"] for part in types[message]["oneOf"]} == set(told_apart.values())
    for kind, reference in told_apart.items():
        of_kind = types[reference.rpartition("/")[2]]["properties"]["kind"]
        named = types[of_kind["$ref"].rpartition("/")[2]]["enum"] if "$ref" in of_kind else [of_kind["const"]]
        assert kind in named
