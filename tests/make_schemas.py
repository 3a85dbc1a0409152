"""Writes the JSON Schemas of `config/schemas/`, which are made from the code: `./dev schemas`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from gateway.rules.checks import KINDS, NEEDED, REMARKS
from gateway.rules.rows import KindRows, Rows
from gateway.settings.configuration import GEOFENCE
from gateway.settings.schema import SettingsFile
from gateway.settings.sections.home import GeofenceSection
from gateway.settings.shipped import shipped
from tests.message_schemas import DOWN, UP, down, up

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, object]


def config_schema() -> Schema:
    """The schema of `gateway.toml`, for editors: the settings' types, and the rails of the table of limits."""
    schema: dict[str, dict[str, object]] = SettingsFile.model_json_schema()
    schema["properties"]["rules"] = _limits(remarks={}, needed=())
    of_a_wearer = _limits(remarks={name: {"type": "string"} for name in REMARKS}, needed=tuple(NEEDED))
    geofence = {GEOFENCE: GeofenceSection.model_json_schema()}
    schema["properties"]["wearer"] = {
        "type": "object",
        "additionalProperties": of_a_wearer | {"properties": of_a_wearer["properties"] | geofence},
    }
    return {"$schema": DIALECT, **schema}


def _limits(*, remarks: dict[str, Schema], needed: tuple[str, ...]) -> dict[str, Any]:
    rows = msgspec.convert(tomllib.loads(shipped("rules.toml").read_text(encoding="utf-8")), Rows)
    kinds = {kind: _limits_of(rows.of(kind)) | remarks for kind in KINDS}
    return {
        "type": "object",
        "properties": {kind: _section(properties, needed) for kind, properties in kinds.items()},
        "additionalProperties": False,
    }


def _limits_of(rows: KindRows) -> dict[str, Schema]:
    return {
        name: {
            "type": "number",
            "minimum": row.rails[0],
            "maximum": row.rails[1],
            "description": f"{rows.unit}; default {row.limit:g}",
        }
        for name, row in rows.limits.items()
    }


def _section(properties: Mapping[str, Schema], required: tuple[str, ...]) -> Schema:
    return {"type": "object", "properties": dict(properties), "required": list(required), "additionalProperties": False}


def message_schema(make: Callable[[type[msgspec.Struct]], Schema], kind: type[msgspec.Struct]) -> Schema:
    """The schema of a message of the contract."""
    return {"$schema": DIALECT, **make(kind)}


SCHEMAS: dict[str, Callable[[], Schema]] = {
    "gateway-config.schema.json": config_schema,
    **{f"{name}.schema.json": partial(message_schema, up, kind) for name, kind in UP.items()},
    **{f"{name}.schema.json": partial(message_schema, down, kind) for name, kind in DOWN.items()},
}


def text(schema: Schema) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def folder() -> Path:
    """Where the schemas lie in a checkout."""
    return Path(__file__).parent.parent / "config" / "schemas"


def main() -> None:
    """Writes them all."""
    folder().mkdir(exist_ok=True)
    for name, schema in SCHEMAS.items():
        (folder() / name).write_text(text(schema()), encoding="utf-8")


if __name__ == "__main__":
    main()
