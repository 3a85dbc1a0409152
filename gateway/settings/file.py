"""Reads `gateway.toml` and all that it names: the settings and the bands, or every mistake at once, with file and line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from gateway.duty.duty_list import DutyList
from gateway.duty.responders import Volunteers
from gateway.errors import FaultySettings
from gateway.mistake import Mistake
from gateway.readings import Enrolment
from gateway.settings import named_files
from gateway.settings.checker import ConfigChecker, Examined
from gateway.settings.language import asked_for
from gateway.settings.schema import Settings
from gateway.settings.toml_lines import Lines

UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # as some editors of Windows save


class Configuration(NamedTuple):
    """What a valid file says: the settings, the enrolled bands by address, and who is on duty."""

    settings: Settings
    bands: Mapping[str, Enrolment]
    duty_list: DutyList = DutyList()
    volunteers: Volunteers = Volunteers()


def load(path: Path) -> Configuration:
    """What a file says. Raises FaultySettings with every mistake."""
    examined = examine(path)
    if examined.settings is None:
        raise FaultySettings(examined.mistakes, examined.language)
    return configuration(examined, examined.settings)


def configuration(examined: Examined, settings: Settings) -> Configuration:
    """What was found to be valid."""
    return Configuration(settings, examined.bands, examined.duty_list, examined.volunteers)


def load_again(path: Path, running: Settings) -> Configuration:
    """The same, for a gateway that runs: it stays with its data folder, for there lie open alerts. Raises FaultySettings."""
    configuration = load(path)
    new, kept = configuration.settings.gateway.data_dir, running.gateway.data_dir
    if new != kept:
        text = named_files.content(path).decode("utf-8-sig")
        mistake = Mistake(
            str(path), Lines(text).of(("gateway", "data_dir")), "gateway.data_dir", "data_dir_moves", {"new": new, "kept": kept}
        )
        raise FaultySettings([mistake], configuration.settings.gateway.language)
    return configuration


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
