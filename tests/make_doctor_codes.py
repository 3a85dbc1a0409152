"""Writes the codes of faults into the pages on mending: what the page says, and what `lifering doctor` finds.

`python -m tests.make_doctor_codes`
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from gateway.doctor.diagnosis import Diagnosis
from gateway.doctor.mends import can_mend
from gateway.language import Language, Said
from gateway.words.doctor import WORDS
from gateway.words.faults import FAULTS
from gateway.words.machine_mistakes import MACHINE
from gateway.words.status import FAULTS as LINK_FAULTS

DOCS = Path(__file__).parent.parent / "docs"
PAGES: dict[Language, Path] = {"en": DOCS / "mending.md", "zh-CN": DOCS / "mending.zh-CN.md"}
DOCTOR: dict[Language, str] = {"en": "| code | what it says | `--fix` |", "zh-CN": "| 代码 | 说明与处理 | `--fix` |"}
PAGE: dict[Language, str] = {"en": "| what the page says | code |", "zh-CN": "| 页面上的说法 | 代码 |"}
MENDS: dict[Language, str] = {"en": "yes", "zh-CN": "可修复"}
PLAIN = {"folder": "/var/lib/lifering", "user": "lifering", "switch": ""}
FOR_BOTH = "python -m tests.make_doctor_codes"
MARKS = {  # begin and end of a table
    "doctor": (f"<!-- codes of lifering doctor: {FOR_BOTH} -->", "<!-- end of the codes -->"),
    "page": (f"<!-- faults as the page says them: {FOR_BOTH} -->", "<!-- end of the faults -->"),
}


def tables(language: Language) -> dict[str, str]:
    """What stands between each pair of marks."""
    doctor = [DOCTOR[language], "| --- | --- | --- |", *_of_the_doctor(language)]
    page = [PAGE[language], "| --- | --- |", *_of_the_page(language)]
    return {name: "\n".join(rows) for name, rows in (("doctor", doctor), ("page", page))}


def _of_the_doctor(language: Language) -> Iterator[str]:
    for code, words in (WORDS | MACHINE).items():
        mends = MENDS[language] if can_mend(Diagnosis("disk", code, PLAIN)) else ""
        yield f"| `{code}` | {_without_facts(words, language)} | {mends} |"


def _of_the_page(language: Language) -> Iterator[str]:
    for code, words in (LINK_FAULTS | FAULTS).items():
        yield f"| {_without_facts(words, language)} | `{code}` |"


def _without_facts(words: Said, language: Language) -> str:
    """In place of each fact its name in capitals."""
    return re.sub(r"\{(\w+)[^}]*\}", lambda fact: fact[1].upper(), words.of(language)).replace("|", r"\|")


def page(language: Language) -> str:
    """The page with the tables of now."""
    text = PAGES[language].read_text(encoding="utf-8")
    for name, table in tables(language).items():
        begin, end = MARKS[name]
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}\n{table}\n{end}{rest.partition(end)[2]}"
    return text


def main() -> None:
    """Both pages."""
    for language, path in PAGES.items():
        path.write_text(page(language), encoding="utf-8")


if __name__ == "__main__":
    main()
