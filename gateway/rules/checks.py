"""Finds every mistake in the table of limits and in the overrides of a technician, as codes and facts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple, cast, get_args

from drivers.measurement import UNITS
from gateway.rules.rows import SITUATIONS, KindRows, Rows, RuledKind, disorders, key_of, overridden

KINDS: tuple[RuledKind, ...] = get_args(RuledKind)
NEEDED = {"reason": "limit_no_reason", "by": "limit_no_by"}  # and the mistake where one is missing
DAYS = ("date", "review_by")
REMARKS = (*NEEDED, *DAYS)  # what may stand beside the limits of a wearer

KeyPath = tuple[str, ...]
Facts = Mapping[str, object]
Wrong = tuple[str, Facts]
Numbers = Mapping[str, Mapping[str, float]]  # kind -> limit -> value


class Problem(NamedTuple):
    """What is wrong, as a code of `words/mistakes.py` and facts.

    `path` is the key: `("wearer", "W-017", "heart_rate", "critical_high")`.
    """

    path: KeyPath
    code: str
    facts: Facts = MappingProxyType({})

    @property
    def plainly(self) -> str:
        """For a log and for whoever works on the table: key, code, facts."""
        facts = "".join(
            f", {name} {fact:g}" if isinstance(fact, float) else f", {name} {fact}" for name, fact in self.facts.items()
        )
        return f"{'.'.join(self.path)}: {self.code}{facts}"


# --- the table itself -----------------------------------------------------------------------------------------------


def check_rows(rows: Rows) -> list[Problem]:
    """What is wrong in the table: limits out of order, names that lead nowhere, missing sources and units."""
    found = [_under((kind,), problem) for kind in KINDS for problem in _check_kind(kind, rows.of(kind))]
    if bool(rows.reviewed_by) != bool(rows.reviewed_on) or (rows.reviewed_on and day_of(rows.reviewed_on) is None):
        found.append(Problem(("reviewed_on",), "table_signature"))
    return found


def day_of(value: object) -> date | None:
    """The day that a remark names, as `2027-05-24` or as a TOML date; None: it names none."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _under(path: KeyPath, problem: Problem) -> Problem:
    return Problem((*path, *problem.path), problem.code, problem.facts)


def _check_kind(kind: RuledKind, rows: KindRows) -> Iterator[Problem]:
    if rows.unit != UNITS[kind]:
        yield Problem(("unit",), "table_unit", {"unit": rows.unit, "kind": kind, "right": UNITS[kind]})
    for section in ("persistence", "clear", "limits"):
        for name, row in getattr(rows, section).items():
            if not row.source:
                yield Problem((section, name, "source"), "table_no_source")
    for name, persistence in rows.persistence.items():
        lasts, waits = persistence.lasting_s > 0, persistence.confirm_s > 0 and persistence.within_s > persistence.apart_s > 0
        if lasts == waits:
            yield Problem(("persistence", name), "table_persistence")
    for name, clear in rows.clear.items():
        if clear.back < 0 or clear.lasting_s < 0:
            yield Problem(("clear", name), "table_clear")
    known = [Problem(("limits", name), *wrong) for name in rows.limits if (wrong := _check_limit(kind, name, rows))]
    yield from known
    if not known:
        numbers = {name: row.limit for name, row in rows.limits.items()}
        yield from (Problem(("limits", found.outer), found.code, found.facts) for found in disorders(kind, rows, numbers))


def _check_limit(kind: RuledKind, name: str, rows: KindRows) -> Wrong | None:
    """What is wrong with one limit, apart from its place among the others; None when nothing is."""
    row = rows.limits[name]
    key = key_of(kind, name)
    if key is None:
        return "limit_unknown", {}
    if key.situation and row.when not in ("always", SITUATIONS[key.situation]):
        return "table_when", {"when": row.when, "situation": key.situation.rstrip("_")}
    if row.persistence not in rows.persistence or row.clear not in rows.clear:
        return "table_row", {"persistence": row.persistence, "clear": row.clear}
    if not row.rails[0] <= row.limit <= row.rails[1]:
        return "table_outside_rails", {"value": row.limit, "low": row.rails[0], "high": row.rails[1]}
    return None


# --- overrides ------------------------------------------------------------------------------------------------------


def check_overrides(rows: Rows, rules: Mapping[str, object], wearers: Mapping[str, object]) -> list[Problem]:
    """What is wrong in `[rules.KIND]` and `[wearer."W".KIND]`: what nobody knows, what is outside the rails or unordered."""
    found = [_under(("rules",), problem) for problem in _check_layer(rows, {}, rules, ())]
    everybody = numbers_of(rules)
    for wearer, kinds in wearers.items():
        if isinstance(kinds, Mapping):
            problems = _check_layer(rows, everybody, kinds, tuple(NEEDED))
            found += [_under(("wearer", wearer), problem) for problem in problems]
        else:
            found.append(Problem(("wearer", wearer), "limit_wearer_no_section", {"wearer": wearer}))
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
            yield Problem((kind,), "limit_kind", _guess(kind, KINDS))
        elif not isinstance(settings, Mapping):
            yield Problem((kind,), "limit_no_section")
        else:
            yield from (_under((kind,), problem) for problem in _check_settings(kind, rows, below, settings, needed))


def _check_settings(
    kind: RuledKind, rows: Rows, below: Numbers, settings: Mapping[str, object], needed: tuple[str, ...]
) -> Iterator[Problem]:
    limits = rows.of(kind)
    for name in needed:
        if not isinstance(settings.get(name), str) or not str(settings[name]).strip():
            yield Problem((name,), NEEDED[name])
    problems = [Problem((name,), *wrong) for name in settings if (wrong := _check_number(name, settings[name], limits))]
    yield from problems
    if problems:
        return
    mine = numbers_of({kind: settings})[kind]
    numbers = overridden(kind, limits, below.get(kind, {}), mine)
    for found in disorders(kind, limits, numbers):
        if found.outer in mine or found.inner in mine:
            yield Problem((found.outer if found.outer in mine else found.inner,), found.code, found.facts)


def _check_number(name: str, value: object, rows: KindRows) -> Wrong | None:
    """What is wrong with one setting; None when nothing is."""
    if name in DAYS:
        return None if day_of(value) else ("limit_no_day", {})
    if name in REMARKS:
        return None
    row = rows.limits.get(name)
    if row is None:
        return "limit_unknown", _guess(name, tuple(rows.limits))
    if not _is_number(value):
        return "limit_no_number", {"unit": rows.unit, "usual": row.limit}
    low, high = row.rails
    if not low <= cast("float", value) <= high:
        facts = {"value": value, "low": low, "high": high, "unit": rows.unit, "usual": row.limit}
        return "limit_outside_rails", facts
    return None


def _guess(name: str, known: tuple[str, ...]) -> Facts:
    """The name that was probably meant, or else all that there are."""
    from difflib import get_close_matches  # slow to import, and seldom wanted

    near = get_close_matches(name, known, 1)
    return {"near": near[0]} if near else {"there": known}
