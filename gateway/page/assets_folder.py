"""The files of the page, read once: a browser gets what is named here, and nothing else of this machine."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template

from gateway.language import Language
from gateway.words.page import STANDING

OWN_NAMES: Mapping[Language, str] = {"en": "English", "zh-CN": "中文"}
FOLDER = Path(__file__).parent / "assets"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}


class Asset:
    """A file as it is sent. `mark`: another one for another content."""

    def __init__(self, path: Path) -> None:
        self.body = path.read_bytes()
        self.type = TYPES[path.suffix]
        self.mark = f'"{sha256(self.body).hexdigest()[:20]}"'


def assets() -> Mapping[str, Asset]:
    """By name."""
    return {path.name: Asset(path) for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES}


def filled_in(name: str, language: Language, facts: Mapping[str, str]) -> str:
    """A page of HTML in this language."""
    words = {word: said.of(language) for word, said in STANDING.items()}
    other: Language = "en" if language == "zh-CN" else "zh-CN"
    languages = {"language": language, "other_language": other, "language_name": OWN_NAMES[other]}
    everything = words | languages | dict(facts)
    template = Template((FOLDER / name).read_text(encoding="utf-8"))
    return template.substitute({word: escape(text) for word, text in everything.items()})
