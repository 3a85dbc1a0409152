"""Reads `gateway.toml` and all that it names: the settings and the bands, or every mistake at once, with file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import convert

from gateway.errors import FaultySettings
from gateway.language import Language
from gateway.mistake import Mistake
from gateway.settings import named_files, schema
from gateway.settings.checker import ConfigChecker, Examined
from gateway.settings.configuration import Configuration, Settings
from gateway.settings.encodings import utf_16
from gateway.settings.language import asked_for, asked_for_by


def load(path: Path) -> Configuration:
    """What a file says. Raises FaultySettings with every mistake."""
    examined = examine(path)
    if examined.settings is None:
        raise FaultySettings(examined.mistakes, examined.language)
    return configuration(examined, examined.settings)


def configuration(examined: Examined, settings: schema.SettingsFile) -> Configuration:
    """What was found to be valid."""
    return Configuration(plain(settings), examined.bands, examined.duty_list, examined.volunteers)


def plain(settings: schema.SettingsFile) -> Settings:
    """The values alone."""
    return convert(settings.model_dump(), Settings)


def examine(
    path: Path, read: Callable[[Path], bytes] = named_files.content, checker: type[ConfigChecker] = ConfigChecker
) -> Examined:
    """Everything about a file: what it says, what is wrong with it, what is unwise. Never raises for what is in it.

    `read`: gives the content of the file and of its roster, where that is not yet what stands on the disk.
    """
    try:
        data = read(path)
    except named_files.BadFile as bad:
        return _unreadable(Mistake(str(path), 1, "file", bad.code, bad.facts))
    if utf_16(data) is not None:
        return _unreadable(Mistake(str(path), 1, "file", "file_is_utf16"), asked_for_by(data))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _unreadable(Mistake(str(path), line, "file", "file_is_not_utf8"), asked_for_by(data))
    return checker(path, text, asked_for(text), read).examined()


def _unreadable(mistake: Mistake, language: Language | None = None) -> Examined:
    return Examined(settings=None, language=language, mistakes=[mistake])
