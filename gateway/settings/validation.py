"""Turns what pydantic finds wrong into mistakes with their places. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gateway.mistake import INVISIBLE, Mistake, plain, shown
from gateway.settings.spelling import near
from gateway.settings.toml_lines import KeyPath
from gateway.settings.values import Surroundings

Model = TypeVar("Model", bound=BaseModel)
# A name by mistake, and a secret, are not repeated on a screen or in a log; nor what may hold one: a URL, a file's name.
UNSHOWN = {
    *("wearer", "name", "phone", "latitude", "longitude"),
    *("key", "host", "hosts", "username", "password_file", "key_file", "pin_file", "psk_file"),
}
At = Callable[[KeyPath], tuple[str, int]]


def validated(
    model: type[Model], data: Mapping[str, Any], surroundings: Surroundings, at: At
) -> tuple[Model | None, list[tuple[KeyPath, Mistake]]]:
    """The value, or None and every mistake in it with its path; `at` tells the file and line of a path."""
    try:
        return model.model_validate(data, context=surroundings), []
    except ValidationError as error:
        return None, list(_mistakes(error, at))


def _mistakes(error: ValidationError, at: At) -> Iterator[tuple[KeyPath, Mistake]]:
    for details in error.errors(include_url=False):
        path = details["loc"]
        file, line = at(path)
        yield path, Mistake(file, line, key_name(path), _code(details), _facts(details))


def _code(details: ErrorDetails) -> str:
    """Pydantic's error type, or a name of ours where more can be said."""
    match details["type"], details["input"]:
        case "string_pattern_mismatch", str(text) if re.search(f"[{INVISIBLE}]", text):
            return "invisible_character"
        case "string_pattern_mismatch", _ if _is_unshown(details["loc"]):
            return "unshown_mismatch"
        case "tuple_type", Mapping():
            return "single_brackets"
        case "model_type" | "dict_type", tuple():
            return "double_brackets"
        case "is_instance_of", _:  # nothing else is asked for than a Path
            return "path_type"
        case code, _:
            return code


def _is_unshown(path: KeyPath) -> bool:
    return any(part in UNSHOWN for part in path)


def _characters(text: object) -> str:
    """The invisible ones in it, as U+200B."""
    return ", ".join(sorted({f"U+{ord(found):04X}" for found in re.findall(f"[{INVISIBLE}]", str(text))})[:5])


def _facts(details: ErrorDetails) -> dict[str, object]:
    """What the words need: the value as it was written, what was expected, and the nearest of what there is."""
    context = details.get("ctx", {})
    facts: dict[str, object] = {
        "shown": "[...]" if _is_unshown(details["loc"]) else shown(details["input"]),
        "characters": _characters(details["input"]),
        "name": str(details["loc"][-1]),
        "otherwise": details["msg"],
        **context,
    }
    if among := context.get("among"):
        facts |= {"near": near(context["name"], among), "among": tuple(among)}
    if details["type"] == "literal_error":
        words = re.findall(r"'([^']+)'", context["expected"])
        facts |= {
            "near": near(details["input"], words) if isinstance(details["input"], str) else None,
            "expected": tuple(words),
        }
    return facts


def key_name(path: KeyPath) -> str:
    """A key as one writes it: `mqtt.port`, `wearer."W 17".heart_rate`; which of a list it is, its line tells."""
    names = [part for part in path if isinstance(part, str)]
    return ".".join(name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{plain(name)}"' for name in names)
