"""Reads `gateway.toml` and all that it names: the settings, or every mistake at once, each with its file and line."""

from __future__ import annotations

import re
from pathlib import Path

from gateway.errors import ConfigError
from gateway.settings import named_files
from gateway.settings.checker import ConfigChecker, Examined
from gateway.settings.mistakes import Language, Mistake
from gateway.settings.schema import Settings
from gateway.settings.shipped import shipped, shipped_table

__all__ = ["examine", "load", "shipped", "shipped_table"]

UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # as some editors of Windows save


def load(path: Path) -> Settings:
    """The settings of a file. Raises ConfigError with a line for every mistake, in the file's own language."""
    examined = examine(path)
    if examined.settings is None:
        raise ConfigError([mistake.told(examined.language) for mistake in examined.mistakes])
    return examined.settings


def examine(path: Path) -> Examined:
    """Everything about a file: what it says, what is wrong with it, what is unwise. Never raises for what is in it."""
    try:
        text = named_files.content(path).decode("utf-8-sig")
    except named_files.BadFile as bad:
        return _unreadable(Mistake(str(path), 1, "file", bad.code, bad.facts))
    except UnicodeDecodeError as error:
        code = "file_is_utf16" if error.object.startswith(UTF_16) else "file_is_not_utf8"
        return _unreadable(Mistake(str(path), error.object.count(b"\n", 0, error.start) + 1, "file", code))
    return ConfigChecker(path, text, _language(text)).examined()


def _unreadable(mistake: Mistake) -> Examined:
    return Examined(settings=None, mistakes=[mistake])


def _language(text: str) -> Language:
    """The language that the file asks for, also when little else in it can be read."""
    return "zh-CN" if re.search(r"""^\s*language\s*=\s*["']zh-CN["']""", text, re.MULTILINE) else "en"
