"""Writes `docs/rules.md` and `docs/rules.zh-CN.md` out of the table of limits and the measured ward: `./dev rules-page`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from gateway.language import Language
from gateway.rules.rows import PARTS, KindRows, LimitRow, Persistence, Rows, RuledKind, key_of
from gateway.rules.signature import signature_of
from tests.rules_page_words import HEAD, KIND, OTHERS, PART, SAID, SIGN, UNIT, WHEN
from tests.ward import page as ward_page
from tests.ward.report import Missed, Report

DOCS = Path(__file__).parent.parent / "docs"
RULES_TOML = Path(__file__).parent.parent / "config" / "rules.toml"
PAGES: dict[Language, Path] = {"en": DOCS / "rules.md", "zh-CN": DOCS / "rules.zh-CN.md"}
ORACLE = {"no_usable_value": "NO-VALUE", "irregular_pulse": "IRREGULAR"}  # how planted events name them


class Source(NamedTuple):
    """What both pages are made of."""

    data: Mapping[str, Any]
    rows: Rows
    ward: Report | None


def source() -> Source:
    """As it stands in the repository."""
    data = tomllib.loads(RULES_TOML.read_text(encoding="utf-8"))
    ward = ward_page.read() if ward_page.JSON.exists() else None
    return Source(data, msgspec.convert(data, Rows), ward)


def text(language: Language, made_of: Source) -> str:
    """One page."""
    return "\n".join(_lines(language, made_of)) + "\n"


def _lines(language: Language, made_of: Source) -> Iterator[str]:
    signature = signature_of(made_of.data)
    yield HEAD[language].format(version=made_of.rows.version, rows=signature.rows)
    yield SAID["measured"][language].format(**_measured(made_of, language)) if made_of.ward else SAID["not_measured"][language]
    for kind in PARTS:
        yield ""
        yield from _kind(kind, made_of, language)
    yield ""
    yield from _other_rows(made_of, language)
    yield ""
    yield SAID["fixed"][language]
    yield SIGN[language].format(version=made_of.rows.version, **signature._asdict())


def _measured(made_of: Source, language: Language) -> Mapping[str, object]:
    ward = made_of.ward
    assert ward is not None
    same = ward.mark == signature_of(made_of.data).rows
    return {
        "date": ward.machine["date"],
        "people": ward.ward.people,
        "days": f"{ward.ward.days:,.0f}",
        "mark": ward.mark,
        "planted": ward.planted_n,
        "since": "" if same else SAID["since"][language],
    }


def _kind(kind: RuledKind, made_of: Source, language: Language) -> Iterator[str]:
    rows = made_of.rows.of(kind)
    yield f"## {KIND[kind][language]} ({UNIT[kind][language]})"
    yield ""
    yield SAID["columns"][language]
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, row in rows.limits.items():
        yield _row(kind, name, row, rows, made_of, language)


def _other_rows(made_of: Source, language: Language) -> Iterator[str]:
    """The groups of rules that look at more than one value against one limit."""
    yield SAID["others"][language]
    yield ""
    yield SAID["other_columns"][language]
    yield "| --- | --- | --- | --- |"
    for name, says in OTHERS.items():
        row = made_of.data[name]
        facts = {key: _time(value, language) if key.endswith("_s") else value for key, value in row.items()}
        cells = (
            f"`{name}` ({row['rule']})",
            says[language].format(**facts),
            row["source"],
            _other_seen(name, made_of, language),
        )
        yield f"| {' | '.join(cells)} |"


def _other_seen(name: str, made_of: Source, language: Language) -> str:
    ward = made_of.ward
    if ward is None:
        return "-"
    number = sum(n for row, n in ward.ward.rows.items() if row.startswith(f"{name}/"))
    said = [SAID["fired"][language].format(n=number, a_day=f"{number / ward.ward.days:.4f}")]
    missed = ward.rows.get(ORACLE.get(name, ""))
    if missed is not None:
        said.append(SAID["missed"][language].format(planted=missed.planted, missed=missed.missed))
    return "; ".join(said)


def _row(kind: RuledKind, name: str, row: LimitRow, rows: KindRows, made_of: Source, language: Language) -> str:
    persistence = rows.persistence[row.persistence]
    cells = (
        f"`{name}` ({row.rule})",
        _says(kind, name, row, language),
        _lasting(persistence, language),
        _over(kind, name, row, rows, language),
        "; ".join(dict.fromkeys((row.source, persistence.source))),
        "; ".join(_seen(kind, name, row, made_of, language)),
    )
    return f"| {' | '.join(cells)} |"


def _says(kind: RuledKind, name: str, row: LimitRow, language: Language) -> str:
    """What crosses it, in words."""
    key = key_of(kind, name)
    assert key is not None
    side = ("high" if key.high else "low") + ("" if row.inclusive else "_beyond")
    words = [PART[key.part][language], SAID[side][language].format(limit=f"{row.limit:g}")]
    said = "".join(words) if language == "zh-CN" else " ".join(word for word in words if word)
    situation = WHEN[key.situation.rstrip("_") or row.when][language]
    own = SAID["own"][language].format(own=f"{row.own:g}") if row.own else ""
    level = "alone" if key.level == "extreme" and kind in ("blood_pressure", "body_temperature") else key.level
    return f"{said}{situation}{own}: **{SAID[level][language]}**"


def _lasting(persistence: Persistence, language: Language) -> str:
    if persistence.confirm_s:
        times = (persistence.apart_s, persistence.within_s, persistence.confirm_s)
        apart, within, wait = (_time(seconds, language) for seconds in times)
        return SAID["confirm"][language].format(apart=apart, within=within, wait=wait)
    alone = SAID["missing"][language].format(time=_time(persistence.missing_s, language)) if persistence.missing_s else ""
    return SAID["lasting"][language].format(time=_time(persistence.lasting_s, language)) + alone


def _over(kind: RuledKind, name: str, row: LimitRow, rows: KindRows, language: Language) -> str:
    key = key_of(kind, name)
    assert key is not None
    clear = rows.clear[row.clear]
    back = row.limit - clear.back if key.high else row.limit + clear.back
    code = ("back_low" if key.high else "back_high") if clear.lasting_s else ("next_low" if key.high else "next_high")
    return SAID[code][language].format(back=f"{back:g}", time=_time(clear.lasting_s, language))


def _seen(kind: RuledKind, name: str, row: LimitRow, made_of: Source, language: Language) -> Iterator[str]:
    """How often it told in the measured ward, and what it missed."""
    ward = made_of.ward
    if ward is None:
        yield "-"
        return
    priority = "critical" if "extreme" in name else next(one for one in ("critical", "warning", "advisory") if one in name)
    number = ward.ward.rows.get(f"{kind}/{priority}/{row.rule}/{row.limit:g}", 0)
    yield SAID["fired"][language].format(n=number, a_day=f"{number / ward.ward.days:.4f}")
    missed = ward.rows.get(f"{kind}/{name}", Missed(planted=0, missed=0))
    if missed.planted:
        yield SAID["missed"][language].format(planted=missed.planted, missed=missed.missed)


def _time(seconds: int, language: Language) -> str:
    """As people say it."""
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds and seconds % size == 0:
            return SAID[unit][language].format(n=seconds // size)
    return SAID["s"][language].format(n=seconds)


def main() -> None:
    """Both."""
    made_of = source()
    for language, path in PAGES.items():
        path.write_text(text(language, made_of), encoding="utf-8")


if __name__ == "__main__":
    main()
