"""Decides in which language a person at the command line is spoken to: that of the configuration, else of the terminal."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from gateway.language import Language, spoken_here
from gateway.settings import named_files
from gateway.settings.encodings import utf_16

USUAL_FILE = Path("/etc/lifering/gateway.toml")


CHINESE = re.compile("[\u4e00-\u9fff]")
QUOTES = "\"'“”„‟＂‘’＇「」 \t\u3000\r"
NAMES: tuple[tuple[tuple[str, ...], Language], ...] = (
    (("zh", "cn", "chinese", "中", "汉", "漢", "简", "簡"), "zh-CN"),
    (("en", "英"), "en"),
)


def language_for(path: Path = USUAL_FILE) -> Language:
    """The language that this configuration asks for; where that cannot be read, the one of LANG."""
    try:
        data = named_files.content(path)
    except named_files.BadFile:
        return spoken_here()
    return asked_for_by(data) or spoken_here()


def asked_for_by(data: bytes) -> Language | None:
    """The language that a file asks for, also one in another encoding than UTF-8; None: it cannot be told which."""
    text = utf_16(data)
    if text is None:
        try:
            return asked_for(data.decode("utf-8-sig"))
        except UnicodeDecodeError:
            pass
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            return None
    return asked_for(text) if _line(text) else "zh-CN" if CHINESE.search(text) else None


def asked_for(text: str) -> Language | None:
    """The language that a file asks for, also when little else in it can be read; None: it cannot be told which.

    What is neither of the two counts as the one that was meant, and in a file with Chinese in it that is Chinese.
    """
    line = _line(text)
    if line is None:
        return "en" if _is_whole(text) else None  # the setting's default, where nothing can have hidden it
    said = line[1].strip(QUOTES).lower()
    meant = next((language for names, language in NAMES if said.startswith(names)), None)
    return meant or ("zh-CN" if CHINESE.search(text) else None)


def _is_whole(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _line(text: str) -> re.Match[str] | None:
    return re.search(r"^\s*language\s*[=＝]([^\n#]*)", text, re.MULTILINE)
