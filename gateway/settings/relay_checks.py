"""What is wrong with relays beside the values of their keys: names and places that must differ, keys, the library for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec

from gateway.settings import named_files
from gateway.settings.sections.relay import RelaySection
from gateway.settings.toml_lines import KeyPath, Lines
from gateway.settings.values import Surroundings

LIBRARY = "aioesphomeapi"  # of the extra `relay`
USUAL_PORT = RelaySection.model_fields["port"].default

Problem = tuple[KeyPath, str, Mapping[str, object]]


def problems(relays: Iterable[tuple[KeyPath, Mapping[str, object]]], around: Surroundings, lines: Lines) -> Iterator[Problem]:
    """Every one; `relays`: the tables of the file, whatever stands in them."""
    first: dict[tuple[str, object], KeyPath] = {}
    for path, table in relays:
        if find_spec(LIBRARY) is None:
            yield path, "relay_not_installed", {}
        yield from _key(path, table, around)
        for key, of in (("name", table.get("name")), ("host", (table.get("host"), table.get("port", USUAL_PORT)))):
            if table.get(key) and (earlier := first.setdefault((key, str(of)), path)) != path:
                yield (*path, key), f"relay_{key}_twice", {"name": table[key], "first": lines.of((*earlier, key))}


def _key(path: KeyPath, table: Mapping[str, object], around: Surroundings) -> Iterator[Problem]:
    name = table.get("psk_file")
    if isinstance(name, str) and name.strip():
        try:
            named_files.relay_key(around.handed_over(name))
        except named_files.BadFile as bad:
            yield (*path, "psk_file"), bad.code, bad.facts
