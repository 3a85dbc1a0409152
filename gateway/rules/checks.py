"""Finds every mistake in the table of limits and in the overrides of a technician, and says it in plain words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple, cast, get_args

from drivers.measurement import UNITS
from gateway.rules.rows import ORDER, PARTS, KindRows, Rows, RuledKind, disorders

KINDS: tuple[RuledKind, ...] = get_args(RuledKind)
NEEDED = {"reason": "say why this wearer has other limits", "by": "say who decided it"}
REMARKS = (*NEEDED, "date", "review_by")  # what may stand beside the limits of a wearer

KeyPath = tuple[str, ...]
Numbers = Mapping[str, Mapping[str, float]]  # kind -> limit -> value


class Problem(NamedTuple):
    """What is wrong, and at which key: `("wearer", "W-017", "heart_rate", "critical_high")`."""

    path: KeyPath
    words: str


# --- the table itself -----------------------------------------------------------------------------------------------


def check_rows(rows: Rows) -> list[Problem]:
    """What is wrong in the table: limits out of order, names that lead nowhere, missing sources and units."""
    return [Problem((kind, *path), words) for kind in KINDS for path, words in _check_kind(kind, rows.of(kind))]


def _check_kind(kind: RuledKind, rows: KindRows) -> Iterator[Problem]:
    if rows.unit != UNITS[kind]:
        yield Problem(("unit",), f"{rows.unit} is not the unit of {kind}; {UNITS[kind]} is")
    for section in ("persistence", "clear", "limits"):
        for name, row in getattr(rows, section).items():
            if not row.source:
                yield Problem((section, name, "source"), "missing; where does this come from?")
    for name, persistence in rows.persistence.items():
        if not 1 <= persistence.readings <= persistence.of:
            yield Problem(("persistence", name), f"{persistence.readings} of {persistence.of} readings cannot be")
    for name, clear in rows.clear.items():
        if clear.back < 0 or clear.lasting_s < 0:
            yield Problem(("clear", name), "`back` and `lasting_s` must not be negative")
    known = [Problem(("limits", name), words) for name in rows.limits if (words := _check_limit(kind, name, rows))]
    yield from known
    if not known:
        numbers = {name: row.limit for name, row in rows.limits.items()}
        yield from (Problem(("limits", wrong.outer), wrong.words) for wrong in disorders(kind, rows, numbers))


def _check_limit(kind: RuledKind, name: str, rows: KindRows) -> str:
    """What is wrong with one limit, apart from its place among the others; empty when nothing is."""
    row = rows.limits[name]
    if name not in {part + place for part in PARTS[kind] for place in ORDER}:
        return "no such limit"
    if row.persistence not in rows.persistence or row.clear not in rows.clear:
        return f"no persistence {row.persistence} or no clear {row.clear} in this table"
    if not row.rails[0] <= row.limit <= row.rails[1]:
        return f"{row.limit:g} is outside its own rails, {row.rails[0]:g} to {row.rails[1]:g}"
    return ""


# --- overrides ------------------------------------------------------------------------------------------------------


def check_overrides(rows: Rows, rules: Mapping[str, object], wearers: Mapping[str, object]) -> list[Problem]:
    """What is wrong in `[rules.KIND]` and `[wearer."W".KIND]`: what nobody knows, what is outside the rails or unordered."""
    found = [Problem(("rules", *path), words) for path, words in _check_layer(rows, {}, rules, ())]
    everybody = numbers_of(rules)
    for wearer, kinds in wearers.items():
        if isinstance(kinds, Mapping):
            wrong = _check_layer(rows, everybody, kinds, tuple(NEEDED))
            found += [Problem(("wearer", wearer, *path), words) for path, words in wrong]
        else:
            found.append(Problem(("wearer", wearer), f'should be a section, such as [wearer."{wearer}".heart_rate]'))
    return found


def numbers_of(layer: Mapping[str, object]) -> dict[str, dict[str, float]]:
    """The limits of one layer, kind by kind, without the remarks beside them and whatever else is no number."""
    return {
        kind: {name: value for name, value in settings.items() if _is_number(value)}
        for kind, settings in layer.items()
        if isinstance(settings, Mapping)
    }


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_layer(rows: Rows, below: Numbers, layer: Mapping[str, object], needed: tuple[str, ...]) -> Iterator[Problem]:
    for kind, settings in layer.items():
        if kind not in KINDS:
            yield Problem((kind,), f"there are no rules of this kind{_guess(kind, KINDS)}")
        elif not isinstance(settings, Mapping):
            yield Problem((kind,), "should be a section with limits, such as critical_high = 131")
        else:
            yield from (Problem((kind, *path), words) for path, words in _check_settings(kind, rows, below, settings, needed))


def _check_settings(
    kind: RuledKind, rows: Rows, below: Numbers, settings: Mapping[str, object], needed: tuple[str, ...]
) -> Iterator[Problem]:
    limits = rows.of(kind)
    for name in needed:
        if not isinstance(settings.get(name), str) or not str(settings[name]).strip():
            yield Problem((name,), f"missing; {NEEDED[name]}")
    wrong = [Problem((name,), words) for name in settings if (words := _check_number(name, settings[name], limits))]
    yield from wrong
    if wrong:
        return
    mine = numbers_of({kind: settings})[kind]
    numbers = {name: row.limit for name, row in limits.limits.items()} | dict(below.get(kind, {})) | mine
    for outer, inner, words in disorders(kind, limits, numbers):
        if outer in mine or inner in mine:
            yield Problem((outer if outer in mine else inner,), words)


def _check_number(name: str, value: object, rows: KindRows) -> str:
    """What is wrong with one setting; empty when nothing is."""
    if name in REMARKS:
        return ""
    row = rows.limits.get(name)
    if row is None:
        return f"no such limit{_guess(name, tuple(rows.limits))}"
    if not _is_number(value):
        return f"should be a number in {rows.unit}, such as {row.limit:g}"
    low, high = row.rails
    if not low <= cast("float", value) <= high:
        return f"{value:g} is outside the rails; {low:g} to {high:g} {rows.unit} is allowed (default {row.limit:g})"
    return ""


def _guess(name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name, known, 1)
    return f"; {near[0]}?" if near else f"; there are {', '.join(known)}"
