"""An examination as people read it, one photo of a telephone wide, and as one JSON object. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.cli.columns import padded, wrapped
from gateway.doctor.diagnosis import GROUPS, Diagnosis, Examination, Group
from gateway.doctor.mends import Mended, can_mend
from gateway.language import Language
from gateway.words.diagnoses import OF, what
from gateway.words.doctor_page import GROUPS as NAMES
from gateway.words.doctor_page import LINES, MARKS, MENDED, SKIPPED
from gateway.words.mistakes import in_words

MARK = 8
INDENT = " " * 2


def text(diagnosis: Diagnosis, language: Language) -> str:
    """One line: the code, what it means, how to mend it."""
    if diagnosis.mistake:
        return in_words(diagnosis.mistake, language)
    return what(diagnosis.code, diagnosis.facts, language, diagnosis.of)


def page(seen: Examination, mended: Sequence[Mended], language: Language, *, root: bool) -> Iterator[str]:
    """Line by line, none wider than 80 columns."""

    def said(key: str, **facts: object) -> str:
        return LINES[key].of(language).format(**facts)

    for group in GROUPS:
        yield from _group(group, seen, language)
    yield from outcomes(mended, language)
    hints = len(seen.diagnoses) - len(seen.faults)
    yield said("faults", faults=len(seen.faults), hints=hints) if seen.diagnoses else said("all well")
    if seen.warnings:
        yield said("warnings", warnings=seen.warnings)
    if mendable := [one.code for one in seen.diagnoses if can_mend(one)]:
        yield from wrapped(said("can mend", codes=", ".join(dict.fromkeys(mendable))))
    if not root:
        yield from wrapped(said("not root"))


def outcomes(mended: Sequence[Mended], language: Language) -> Iterator[str]:
    """What was mended, and what could not be."""
    for one in mended:
        key = "not mended" if one.why_not else "mended"
        yield from wrapped(LINES[key].of(language).format(code=one.diagnosis.code, what=_outcome(one, language)))


def _group(group: Group, seen: Examination, language: Language) -> Iterator[str]:
    its = [one for one in seen.diagnoses if one.group == group]
    why = SKIPPED[seen.skipped[group]].of(language) if group in seen.skipped else ""
    state = "fault" if any(one.is_fault for one in its) else "hint" if its else "skipped" if why else "well"
    name = NAMES[group].of(language)
    line = OF.of(language).format(of=name, what=why) if why and not its else name
    yield padded(MARKS[state].of(language), MARK) + line
    for one in its:
        yield from wrapped(f"{one.code}: {text(one, language)}", INDENT)


def as_json(seen: Examination, mended: Sequence[Mended], language: Language) -> dict[str, object]:
    """The same for a program."""
    return {
        "gateway": seen.gateway,
        "valid": seen.is_valid,
        "well": seen.is_valid and not seen.faults,
        "findings": [
            {
                "group": one.group,
                "code": one.code,
                "severity": "fault" if one.is_fault else "hint",
                "text": text(one, language),
                "fix": can_mend(one),
            }
            for one in seen.diagnoses
        ],
        "skipped": dict(seen.skipped),
        "mended": [_mended(one, language) for one in mended],
    }


def _outcome(one: Mended, language: Language) -> str:
    """What was done, or why not."""
    if one.why_not:
        return one.why_not.of(language)
    return MENDED[one.diagnosis.code].of(language).format_map(one.diagnosis.facts)


def _mended(one: Mended, language: Language) -> dict[str, object]:
    return {"code": one.diagnosis.code, "done": one.why_not is None, "text": _outcome(one, language)}
