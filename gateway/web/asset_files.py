"""The files of a page, read once: a browser gets what is named here, and nothing else of this machine."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template

from aiohttp import web

from gateway.language import Language, Said

OWN_NAMES: Mapping[Language, str] = {"en": "English", "zh-CN": "中文"}
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}


class Asset:
    """A file as it is sent. `mark`: another one for another content."""

    def __init__(self, path: Path) -> None:
        self.body = path.read_bytes()
        self.type = TYPES[path.suffix]
        self.mark = f'"{sha256(self.body).hexdigest()[:20]}"'


def assets(folder: Path) -> Mapping[str, Asset]:
    """By name."""
    return {path.name: Asset(path) for path in sorted(folder.iterdir()) if path.suffix in TYPES}


def asset_answer(asset: Asset | None, request: web.Request) -> web.StreamResponse:
    """The file, or that the browser has it. Raises HTTPNotFound: there is none."""
    if asset is None:
        raise web.HTTPNotFound
    headers = {"ETag": asset.mark, "Cache-Control": "no-cache"}
    if request.headers.get("If-None-Match") == asset.mark:
        return web.Response(status=304, headers=headers)
    return web.Response(body=asset.body, content_type=asset.type, charset="utf-8", headers=headers)


def filled_in(page: Path, words: Mapping[str, Said], language: Language, facts: Mapping[str, str]) -> str:
    """A page of HTML in this language: `$name` stands for a word or a fact."""
    other: Language = "en" if language == "zh-CN" else "zh-CN"
    languages = {"language": language, "other_language": other, "language_name": OWN_NAMES[other]}
    everything = {word: said.of(language) for word, said in words.items()} | languages | dict(facts)
    template = Template(page.read_text(encoding="utf-8"))
    return template.substitute({word: escape(text) for word, text in everything.items()})
