"""Reads the file of answers on a stick: the answers, or every mistake in it at once, with its line. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from gateway.cli.setup.answers import Answers
from gateway.errors import FaultySettings
from gateway.mistake import Mistake
from gateway.settings import toml_text
from gateway.settings.language import asked_for
from gateway.settings.spelling import Spelt, spelt
from gateway.settings.toml_lines import KeyPath, Lines
from gateway.settings.validation import key_name, validated
from gateway.settings.values import Surroundings


def read(path: Path, text: str) -> Answers:
    """What it says. Raises FaultySettings."""
    language = asked_for(text) if "language" in text else None
    document = toml_text.read(text.removeprefix("\ufeff"))
    mistakes = [
        Mistake(str(path), fault.line, key_name(fault.key) or "TOML", fault.code, fault.facts) for fault in document.faults
    ]
    if document.data is None:
        raise FaultySettings(mistakes, language)
    lines, said = document.lines or Lines(""), spelt(document.data, Answers)
    for old, new in said.renamed:
        lines.rename(old, new)

    def at(key: KeyPath) -> tuple[str, int]:
        return str(path), lines.of(key)

    mistakes += (Mistake(*at(key), key_name(key), *_unknown(key, guess)) for key, guess in said.unknown)
    answers, wrong = validated(Answers, said.data, Surroundings(path.parent, {}), at)
    mistakes += _not_explained(wrong, said, [fault.key for fault in document.faults])
    if answers is None or mistakes:
        raise FaultySettings(sorted(mistakes, key=lambda mistake: mistake.line), language)
    return answers


def _unknown(key: KeyPath, guess: str | None) -> tuple[str, dict[str, object]]:
    if key[-1] in ("password", "pin"):
        return "secret_in_the_file", {"file": f"{key[-1]}_file"}
    return "unknown_key", {"near": guess}


def _not_explained(wrong: Sequence[tuple[KeyPath, Mistake]], said: Spelt, broken: Sequence[KeyPath]) -> Iterator[Mistake]:
    """What a misspelt key, or a broken line, was to give is not called missing as well."""
    meant = {*said.meant, *broken}
    yield from (mistake for key, mistake in wrong if mistake.code != "missing" or key not in meant)
