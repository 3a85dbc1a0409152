"""Reads `gateway.toml` and all that it names: the settings and the bands, or every mistake at once, with file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import convert

from gateway.errors import FaultySettings
from gateway.mistake import Mistake
from gateway.settings import named_files, schema
from gateway.settings.checker import ConfigChecker, Examined
from gateway.settings.configuration import Configuration, Settings
from gateway.settings.language import asked_for

UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # as some editors of Windows save


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
        text = read(path).decode("utf-8-sig")
    except named_files.BadFile as bad:
        return _unreadable(Mistake(str(path), 1, "file", bad.code, bad.facts))
    except UnicodeDecodeError as error:
        code = "file_is_utf16" if error.object.startswith(UTF_16) else "file_is_not_utf8"
        return _unreadable(Mistake(str(path), error.object.count(b"\n", 0, error.start) + 1, "file", code))
    return checker(path, text, asked_for(text), read).examined()


def _unreadable(mistake: Mistake) -> Examined:
    return Examined(settings=None, mistakes=[mistake])
