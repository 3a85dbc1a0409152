"""The AsyncAPI document says what the gateway does: its topics, its schemas, and examples that keep to them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # amqtt brings it; it has no types
from jsonschema import Draft202012Validator

from gateway.formats import format as streams

CONFIG = Path(__file__).parent.parent / "config"
DOCUMENT: dict[str, Any] = yaml.safe_load((CONFIG / "asyncapi.yaml").read_text(encoding="utf-8"))
MESSAGES: dict[str, Any] = DOCUMENT["components"]["messages"]


def references(part: Any) -> Iterator[str]:
    """Every `$ref` in the document."""
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref")
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from references(inner)


def resolved(reference: str) -> Any:
    """What a reference within the document points to. Raises KeyError."""
    part: Any = DOCUMENT
    for name in reference.removeprefix("#/").split("/"):
        part = part[name]
    return part


@pytest.mark.parametrize("reference", sorted(set(references(DOCUMENT))))
def test_every_reference_leads_somewhere(reference: str) -> None:
    assert resolved(reference) if reference.startswith("#/") else (CONFIG / reference).is_file()


def test_the_topics_are_those_of_the_code() -> None:
    in_code = {value for name, value in vars(streams).items() if name.isupper()}

    assert {channel["address"] for channel in DOCUMENT["channels"].values()} == {f"{{root}}/{{gateway}}/{t}" for t in in_code}


def test_what_goes_up_is_sent_and_what_comes_down_is_received() -> None:
    for operation in DOCUMENT["operations"].values():
        address = resolved(operation["channel"]["$ref"])["address"]

        assert operation["action"] == ("send" if "/up/" in address else "receive")


@pytest.mark.parametrize("name", MESSAGES)
def test_its_examples_keep_to_its_schema(name: str) -> None:
    schema = json.loads((CONFIG / MESSAGES[name]["payload"]["$ref"]).read_text(encoding="utf-8"))

    for example in MESSAGES[name]["examples"]:
        Draft202012Validator(schema).validate(example["payload"])


def test_the_account_of_the_example_adds_up() -> None:
    counts = MESSAGES["heartbeat"]["examples"][0]["payload"]["counts"]

    assert counts["received"] == counts["stored"] + sum(counts["rejected"].values())
    assert counts["stored"] == counts["delivered"] + counts["pending"] + counts["evicted"]
