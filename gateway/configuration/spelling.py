"""Finds keys that no setting has, and guesses which were meant, so that one wrong letter hides nothing else. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from pydantic import BaseModel

from gateway.config import Settings
from gateway.configuration.toml_lines import KeyPath


@dataclass(frozen=True)
class Spelt:
    """What is left of a file when every key in it is one that there is.

    `unknown`: each other key, and the one that was probably meant. A section so named stands in `data` under its right
    name; a single value is left out, and its right name is in `meant`.
    """

    data: Mapping[str, object]
    unknown: list[tuple[KeyPath, str | None]] = field(default_factory=list)
    meant: set[KeyPath] = field(default_factory=set)
    renamed: list[tuple[KeyPath, KeyPath]] = field(default_factory=list)


def near(word: str, among: Iterable[str]) -> str | None:
    """The one of these that looks most like the word, where one does."""
    return next(iter(difflib.get_close_matches(word, list(among), n=1)), None)


def sections_with(key: str) -> list[str]:
    """The sections in which there is a key of this name."""
    return [name for name in Settings.model_fields if (section := _section(Settings, name)) and key in section.model_fields]


def spelt(data: Mapping[str, object], model: type[BaseModel] = Settings, path: KeyPath = ()) -> Spelt:
    """Sorts the keys of a file, or of a section of it at `path`."""
    right: dict[str, object] = {}
    found = Spelt(right)
    for key, value in data.items():
        name, place = _known(key, value, data, model, path, found)
        if name is not None:
            right[name] = _inside(value, _section(model, name), place, found)
    return found


def _known(
    key: str, value: object, data: Mapping[str, object], model: type[BaseModel], path: KeyPath, found: Spelt
) -> tuple[str | None, KeyPath]:
    """The name under which to read a value, None where it is left out; and the path of that name."""
    if key in model.model_fields:
        return key, (*path, key)
    guess = near(key, (name for name in model.model_fields if name not in data))
    found.unknown.append(((*path, key), guess))
    if guess is None:
        return None, path
    found.meant.add((*path, guess))
    if not isinstance(value, Mapping | list):
        return None, path
    found.renamed.append(((*path, key), (*path, guess)))
    return guess, (*path, guess)


def _inside(value: object, model: type[BaseModel] | None, path: KeyPath, found: Spelt) -> object:
    """The same for what a value holds; lists become tuples."""
    match value:
        case Mapping() if model:
            inner = spelt(value, model, path)
            found.unknown.extend(inner.unknown)
            found.meant.update(inner.meant)
            found.renamed.extend(inner.renamed)
            return inner.data
        case list():
            return tuple(_inside(item, model, (*path, number), found) for number, item in enumerate(value))
    return value


def _section(model: type[BaseModel], key: str) -> type[BaseModel] | None:
    """The model of a section, or of the items of a `[[...]]`."""
    annotation = model.model_fields[key].annotation
    kinds: Sequence[object] = (annotation, *get_args(annotation))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
