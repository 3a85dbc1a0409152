"""Writes the table of what `lifering doctor` finds into the technician's pages: `python -m tests.make_doctor_codes`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from gateway.doctor.diagnosis import Diagnosis
from gateway.doctor.mends import can_mend
from gateway.language import Language
from gateway.words.doctor import WORDS
from gateway.words.machine_mistakes import MACHINE

DOCS = Path(__file__).parent.parent / "docs"
PAGES: dict[Language, Path] = {"en": DOCS / "technician.md", "zh-CN": DOCS / "technician.zh-CN.md"}
HEADS: dict[Language, str] = {"en": "| code | what it says | `--fix` |", "zh-CN": "| 代码 | 说明与处理 | `--fix` |"}
MENDS: dict[Language, str] = {"en": "yes", "zh-CN": "可修复"}
BEGIN, END = "<!-- codes of lifering doctor: python -m tests.make_doctor_codes -->", "<!-- end of the codes -->"
PLAIN = {"folder": "/var/lib/lifering", "user": "lifering", "switch": ""}


def table(language: Language) -> str:
    """What stands between the two marks."""
    return "\n".join([BEGIN, HEADS[language], "| --- | --- | --- |", *_rows(language), END])


def _rows(language: Language) -> Iterator[str]:
    for code, words in (WORDS | MACHINE).items():
        text = re.sub(r"\{(\w+)[^}]*\}", lambda fact: fact[1].upper(), words.of(language)).replace("|", r"\|")
        mends = MENDS[language] if can_mend(Diagnosis("disk", code, PLAIN)) else ""
        yield f"| `{code}` | {text} | {mends} |"


def page(language: Language) -> str:
    """The page with the table of now."""
    before, _, rest = PAGES[language].read_text(encoding="utf-8").partition(BEGIN)
    return before + table(language) + rest.partition(END)[2]


def main() -> None:
    """Both pages."""
    for language, path in PAGES.items():
        path.write_text(page(language), encoding="utf-8")


if __name__ == "__main__":
    main()
