"""The JSON Schemas of the messages, made from the types of `gateway/formats/` and the closed list of kinds."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
from msgspec import Struct, UnsetType, structs

from drivers.measurement import BUTTONS, UNITS, BloodPressure, Position
from gateway.formats import native_down, native_up

Schema = dict[str, Any]

UP: dict[str, type[Struct]] = {
    "status": native_up.StatusMessage,
    "heartbeat": native_up.HeartbeatMessage,
    "readings": native_up.ReadingsMessage,
    "alert": native_up.AlertMessage,
    "reply": native_up.ReplyMessage,
    "snapshot": native_up.SnapshotMessage,
    "gaps": native_up.GapsMessage,
}
DOWN: dict[str, type[Struct]] = {
    "receipts": native_down.ReceiptsMessage,
    "command": native_down.CommandMessage,
}

_PLAIN: dict[str, Schema] = {
    "worn": {"type": "boolean"},
    "charging": {"type": "boolean"},
    "battery_low": {"type": "boolean"},
    "fall": {"const": True},
    "button": {"enum": list(BUTTONS)},
}
_STRUCTS: dict[str, type[Struct]] = {"blood_pressure": BloodPressure, "position": Position}


def up(kind: type[Struct]) -> Schema:
    """A message that the gateway makes: every field is there that may not be left out."""
    schema = msgspec.json.schema(kind)
    parts: dict[str, Schema] = schema["$defs"]
    for struct in _all_structs(kind):
        part = parts[struct.__name__]
        part["required"] = [field.encode_name for field in structs.fields(struct) if UnsetType not in get_args(field.type)]
        for name in part["required"]:
            part["properties"][name].pop("default", None)
    if "ReadingMessage" in parts:
        parts["ReadingMessage"]["allOf"] = [_of_kind(kind_of_reading) for kind_of_reading in UNITS]
        _, components = msgspec.json.schema_components(_STRUCTS.values(), ref_template="#/$defs/{name}")
        parts.update(components)
    return schema


def down(kind: type[Struct]) -> Schema:
    """A message that the gateway takes."""
    return msgspec.json.schema(kind)


def _of_kind(kind: str) -> Schema:
    """What value and unit a reading of this kind has."""
    value = {"$ref": f"#/$defs/{_STRUCTS[kind].__name__}"} if kind in _STRUCTS else _PLAIN.get(kind, {"type": "number"})
    return {
        "if": {"properties": {"kind": {"const": kind}}},
        "then": {"properties": {"value": value, "unit": {"const": UNITS[kind]}}},
    }


def _all_structs(kind: type[Struct]) -> list[type[Struct]]:
    """The message's type and those in it."""
    found = [kind]
    for struct in found:
        for field in structs.fields(struct):
            found += [part for part in _parts(field.type) if part not in found]
    return found


def _parts(annotation: Any) -> list[type[Struct]]:
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        return [annotation]
    return [part for argument in get_args(annotation) for part in _parts(argument)]
