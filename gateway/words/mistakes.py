"""What is wrong in a configuration, in the words in which a technician is told of it, in both languages. Pure.

The codes are those of this table: our own, and pydantic's error types. `{shown}` in the words is the value as it stands
in the file, `{hint}` what would be right for this key.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.language import Language, Said
from gateway.mistake import Mistake, plain
from gateway.system_errors import told
from gateway.words.doubts import DOUBTS
from gateway.words.file_mistakes import FILES
from gateway.words.limit_mistakes import LIMITS
from gateway.words.machine_mistakes import MACHINE
from gateway.words.table_mistakes import CSV, TABLES
from gateway.words.value_mistakes import ANY_TEXT, HINTS, VALUES

WORDS: Mapping[str, Said] = FILES | VALUES | TABLES | LIMITS | DOUBTS | MACHINE


BOTH: tuple[Language, ...] = ("en", "zh-CN")


def in_words(mistake: Mistake, language: Language | None) -> str:
    """The whole line: `FILE:LINE: key: what is wrong, what would be right`. None: in both languages."""
    return f"{mistake.file}:{mistake.line}: {mistake.key}: {text(mistake, language)}"


def text(mistake: Mistake, language: Language | None) -> str:
    """What is wrong, and what would be right. None: in both languages, as nobody knows which one is read."""
    if language is None:
        return " / ".join(text(mistake, one) for one in BOTH)
    return what(mistake.code, mistake.facts, language, hint=_hint(mistake.key).of(language))


def what(code: str, facts: Mapping[str, object], language: Language, *, hint: str = "") -> str:
    """The same of a code and its facts alone."""
    words = WORDS.get(code, OTHERWISE).of(language)
    said = words.format_map({name: _shown(name, fact, language) for name, fact in facts.items()} | {"hint": hint})
    if near := facts.get("near"):
        return said + GUESS.of(language).format(near=near)
    if there := facts.get("there"):
        return said + THERE_ARE.of(language).format(there=_shown("there", there, language))
    return said


def _hint(key: str) -> Said:
    return HINTS.get(key, HINTS.get(key.rpartition(".")[2], ANY_TEXT))


def _shown(name: str, fact: object, language: Language) -> object:
    if name == "day" and fact in WEEKDAYS:
        return WEEKDAYS[str(fact)].of(language)
    if name == "why":
        return _why(str(fact), language)
    if name == "unit" and fact in UNITS:
        return UNITS[str(fact)].of(language)
    if isinstance(fact, tuple):
        return OR.of(language).join(f'"{one}"' for one in fact) if name == "expected" else ", ".join(map(str, fact))
    return plain(fact, longest=400) if isinstance(fact, str) else fact


def _why(said: str, language: Language) -> str:
    return CSV[said].of(language) if said in CSV else told(plain(said, longest=400), language)


WEEKDAYS = {
    "mon": Said("mon", "周一"),
    "tue": Said("tue", "周二"),
    "wed": Said("wed", "周三"),
    "thu": Said("thu", "周四"),
    "fri": Said("fri", "周五"),
    "sat": Said("sat", "周六"),
    "sun": Said("sun", "周日"),
}
UNITS = {"/min": Said("/min", "次/分"), "mm[Hg]": Said("mmHg", "mmHg"), "Cel": Said("°C", "°C")}
OTHERWISE = Said("{otherwise}", "{otherwise}")
GUESS = Said("; did you mean {near}?", "；您是否想写 {near}？")
THERE_ARE = Said("; there are {there}", "；有：{there}")
OR = Said(" or ", " 或 ")
