"""The JSON Schemas of the messages, made from the types of `gateway/formats/` and the closed list of kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import msgspec
from msgspec import Struct, UnsetType, structs

from drivers.measurement import BUTTONS, UNITS, BloodPressure, Position
from drivers.orders import OutcomeWord
from gateway import alert, band_commands, commands
from gateway.alerts import actions
from gateway.formats import native_down, native_results, native_up
from gateway.words.faults import FAULTS
from tests.schema_words import READING_KINDS, name_enumerations

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

ARGS: dict[str, type[Struct]] = {
    **actions.ARGS,
    "shelve": actions.Shelve,
    "unshelve": actions.Unshelve,
    "notify": band_commands.Notify,
    "measure": band_commands.MeasureNow,
    "locate": band_commands.Locate,
    "snapshot": actions.Settle,
}
RESULTS: dict[str, type[Struct]] = {
    **dict.fromkeys(actions.ARGS, native_results.AlertResult),
    "shelve": native_results.ShelveResult,
    "unshelve": native_results.UnshelveResult,
    "notify": native_results.NotifyResult,
    "measure": native_results.MeasureResult,
    "locate": native_results.LocateResult,
    "snapshot": native_results.SnapshotResult,
}

_PLAIN: dict[str, Schema] = {
    "worn": {"type": "boolean"},
    "charging": {"type": "boolean"},
    "battery_low": {"type": "boolean"},
    "fall": {"const": True},
    "button": {"enum": list(BUTTONS)},
}
SIGNALS = ("received", "help_on_the_way")  # what a band is told of an alert
DETAILS = (alert.PAST_EVENT, alert.COULD_NOT_CONFIRM, alert.NOT_CONFIRMED, alert.SENSOR_UNVALIDATED)  # of what is measured
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
    if kind is native_up.ReplyMessage:
        _by_verb(schema, "result", RESULTS, only_if={"status": {"const": "done"}})
        parts["ReplyMessage"]["properties"]["reason"] = {"enum": [*get_args(commands.Reason)]}
        for struct in set(RESULTS.values()):
            for inner in _all_structs(struct):
                fields = structs.fields(inner)
                parts[inner.__name__]["required"] = [f.encode_name for f in fields if UnsetType not in get_args(f.type)]
    if kind is native_up.AlertMessage:
        results = [word if word != "done" else "shown" for word in get_args(OutcomeWord)]
        parts["AlertMessage"]["properties"]["band"] = _closed({signal: {"enum": results} for signal in SIGNALS})
        _divide(parts, "AlertMessage", _alert_types())
    if "ReadingMessage" in parts:
        _, components = msgspec.json.schema_components(_STRUCTS.values(), ref_template="#/$defs/{name}")
        parts.update(components)
        _divide(parts, "ReadingMessage", {_type_of(of_kind): ([of_kind], _of_kind(of_kind)) for of_kind in UNITS})
    name_enumerations(schema)
    return schema


def _divide(parts: dict[str, Schema], name: str, types: Mapping[str, tuple[list[str], Schema]]) -> None:
    """The message becomes one of several types, told apart by `kind`; each has kinds and properties of its own."""
    whole = parts[name]
    for title, (kinds, properties) in types.items():
        kind: Schema = {"const": kinds[0]} if len(kinds) == 1 else {"enum": kinds}
        parts[title] = whole | {"title": title, "properties": whole["properties"] | {"kind": kind} | properties}
    parts[name] = {
        "title": name,
        "description": whole["description"],
        "oneOf": [{"$ref": f"#/$defs/{title}"} for title in types],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {kind: f"#/$defs/{title}" for title, (kinds, _) in types.items() for kind in kinds},
        },
    }


def _alert_types() -> dict[str, tuple[list[str], Schema]]:
    of_wearers = [kind for kind in get_args(alert.AlertKind) if kind != "technical"]
    return {
        "WearerAlert": (of_wearers, {"detail": {"enum": [None, *DETAILS]}}),
        "TechnicalAlert": (["technical"], {"detail": {"enum": [*FAULTS]}}),
    }


def _type_of(kind: str) -> str:
    return "".join(part.capitalize() for part in kind.split("_")) + "Reading"


def _closed(properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def down(kind: type[Struct]) -> Schema:
    """A message that the gateway takes."""
    schema = msgspec.json.schema(kind)
    if kind is native_down.CommandMessage:
        _by_verb(schema, "args", ARGS, only_if={})
        for struct in set(actions.ARGS.values()):
            part = schema["$defs"][struct.__name__]
            part["properties"]["alert"] = {"type": "string", "description": "gateway/epoch/A4"}
            part["required"] = ["alert"]
    name_enumerations(schema)
    return schema


def _by_verb(schema: Schema, field: str, types: dict[str, type[Struct]], only_if: Schema) -> None:
    """What this field is, by the verb."""
    distinct = list(dict.fromkeys(types.values()))
    _, components = msgspec.json.schema_components(distinct, ref_template="#/$defs/{name}")
    schema["$defs"].update(components)
    schema["$defs"][schema["$ref"].rpartition("/")[2]]["allOf"] = [
        {
            "if": {"properties": {"verb": {"const": verb}, **only_if}, "required": ["verb", *only_if]},
            "then": {"properties": {field: {"$ref": f"#/$defs/{kind.__name__}"}}}
            | ({} if kind is actions.Settle else {"required": [field]}),
        }
        for verb, kind in types.items()
    ]


def _of_kind(kind: str) -> Schema:
    """What value and unit a reading of this kind has."""
    value = {"$ref": f"#/$defs/{_STRUCTS[kind].__name__}"} if kind in _STRUCTS else _PLAIN.get(kind, {"type": "number"})
    return {"value": value | {"description": f"{READING_KINDS[kind]}."}, "unit": {"const": UNITS[kind]}}


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
