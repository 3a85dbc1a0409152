"""Finds keys that no setting has, and guesses which were meant, so that one wrong letter hides nothing else. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gateway.settings.schema import SettingsFile
from gateway.settings.toml_lines import KeyPath


@dataclass(frozen=True)
class Spelt:
    """What is left of a file when every key in it is one that there is.

    `unknown`: each other key, and the one that was probably meant. A section so named stands in `data` under its right
    name, and is `renamed`; a single value is left out. `meant`: the right names of both.
    """

    data: dict[str, object] = field(default_factory=dict)
    unknown: list[tuple[KeyPath, str | None]] = field(default_factory=list)
    meant: set[KeyPath] = field(default_factory=set)
    renamed: list[tuple[KeyPath, KeyPath]] = field(default_factory=list)

    def note(self, path: KeyPath, guess: str | None) -> None:
        """A key that no setting has."""
        self.unknown.append((path, guess))
        if guess:
            self.meant.add((*path[:-1], guess))

    def join(self, inner: Spelt) -> None:
        """What was found further inside."""
        self.unknown.extend(inner.unknown)
        self.meant.update(inner.meant)
        self.renamed.extend(inner.renamed)


def near(word: str, among: Iterable[str]) -> str | None:
    """The one of these that looks most like the word, where one does."""
    return next(iter(difflib.get_close_matches(word, list(among), n=1)), None)


def sections_with(key: str) -> list[str]:
    """The sections in which there is a key of this name."""
    return [
        name for name in SettingsFile.model_fields if (section := _section(SettingsFile, name)) and key in section.model_fields
    ]


def spelt(data: Mapping[str, object], model: type[BaseModel] = SettingsFile, path: KeyPath = ()) -> Spelt:
    """Sorts the keys of a file, or of a section of it at `path`."""
    found = Spelt()
    for key, value in data.items():
        name = key
        if key not in _keys(model):
            guess = near(key, (known for known in _keys(model) if known not in data))
            found.note((*path, key), guess)
            if guess is None or not isinstance(value, Mapping | list):
                continue
            found.renamed.append(((*path, key), (*path, guess)))
            name = guess
        found.data[name] = _inside(value, _section(model, name), (*path, name), found)
    return found


def _inside(value: object, model: type[BaseModel] | None, path: KeyPath, found: Spelt) -> object:
    """The same for what a value holds; lists become tuples."""
    if isinstance(value, list):
        return tuple(_inside(item, model, (*path, number), found) for number, item in enumerate(value))
    if model is None or not isinstance(value, Mapping):
        return value
    inner = spelt(value, model, path)
    found.join(inner)
    return inner.data


def _keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Its settings by the names that they have in the file: `from` is no name in Python."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _section(model: type[BaseModel], key: str) -> type[BaseModel] | None:
    """The model of a section, or of the items of a `[[...]]`."""
    annotation = _keys(model)[key].annotation
    kinds: Sequence[object] = (annotation, *get_args(annotation))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
