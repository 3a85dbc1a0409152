"""Enrols a wristband and takes it out again: in the roster CSV where there is one, else as `[[wristband]]` in the TOML.

What is to be written is checked first, as `lifering check` does; where there is a mistake, nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from gateway.errors import FaultySettings
from gateway.mistake import Mistake
from gateway.readings import Enrolment
from gateway.settings import csv_table, named_files, roster_file
from gateway.settings.configuration import Settings
from gateway.settings.file import examine, load
from gateway.settings.new_band import NewBand, Written, WrongBand
from gateway.settings.replace_file import alone_with, replace_file
from gateway.settings.toml_tables import with_table, without_table
from gateway.settings.values import ADDRESS, printed


def enroll(config: Path, band: NewBand) -> Written:
    """On the disk when it returns. Raises FaultySettings, WrongBand, CannotWrite; nothing is written then."""
    with alone_with(config):
        settings, before = load(config).settings, examine(config).warnings
        file = settings.roster.file or config
        new = _row_added(band, file) if settings.roster.file else _table_added(band, config)
        after = examine(config, _as_if(file, new))
        if after.settings is None:
            raise WrongBand(after.mistakes)
        replace_file(file, new)
        doubts = [doubt for doubt in after.warnings if doubt not in before]
        return Written(after.bands[_printed(band.address)], file, doubts)


def unenroll(config: Path, address: str) -> Written:
    """On the disk when it returns. Raises FaultySettings, WrongBand, CannotWrite; nothing is written then."""
    with alone_with(config):
        settings, bands, *_ = load(config)
        band = bands.get(_printed(address))
        if band is None:
            raise WrongBand([Mistake(str(config), 1, "address", "not_enrolled", {"address": address})])
        file, new = _taken_out(band, config, settings)
        after = examine(config, _as_if(file, new))
        if after.settings is None:
            raise FaultySettings(after.mistakes, after.language)
        if after.bands != {other: bands[other] for other in bands if other != band.address}:
            raise WrongBand([Mistake(str(file), 1, "roster", "rest_reads_differently")])
        replace_file(file, new)
        return Written(band, file)


def _printed(address: str) -> str:
    """As it is printed everywhere; what is none stays as it is, so that it can be told what is wrong with it."""
    return printed(address) if re.fullmatch(ADDRESS, address) else address


def _as_if(file: Path, new: bytes) -> Callable[[Path], bytes]:
    """Reads files as if this one had this content already."""
    return lambda path: new if path == file else named_files.content(path)


# --- the roster CSV ---------------------------------------------------------------------------------------------------


def _row_added(band: NewBand, file: Path) -> bytes:
    data = named_files.content(file)
    columns = roster_file.names(next(csv_table.rows(data)).cells)
    values = {"address": _printed(band.address), "driver": band.driver, "wearer": band.wearer, "room": band.room}
    if band.key_file:
        values["key"] = _key(band.key_file)
    if missing := [name for name in values if name not in columns]:
        raise WrongBand([Mistake(str(file), 1, name, "column_missing", {"name": name}) for name in missing])
    return csv_table.with_row(data, [values.get(name, "") for name in columns])


def _key(file: Path) -> str:
    try:
        return named_files.key(file).hex()
    except named_files.BadFile as bad:
        raise WrongBand([Mistake(str(file), 1, "key_file", bad.code, bad.facts)]) from bad


def _row_taken_out(address: str, file: Path) -> bytes:
    data = named_files.content(file)
    header, *rows = csv_table.rows(data)
    column = roster_file.names(header.cells).index("address")
    return csv_table.without_row(data, next(row for row in rows if printed(row.cells[column]) == address))


# --- the TOML ---------------------------------------------------------------------------------------------------------


def _table_added(band: NewBand, config: Path) -> bytes:
    values = {"address": _printed(band.address), "driver": band.driver, "wearer": band.wearer}
    if band.room:
        values["room"] = band.room
    if band.key_file:
        values["key_file"] = _as_named_in(config, band.key_file)
    return with_table(named_files.content(config).decode(), "wristband", values).encode()


def _as_named_in(config: Path, file: Path) -> str:
    """A file as the configuration names it: from its own folder, where it lies in there."""
    whole, folder = file.resolve(), config.resolve().parent
    return str(whole.relative_to(folder) if whole.is_relative_to(folder) else whole)


def _taken_out(band: Enrolment, config: Path, settings: Settings) -> tuple[Path, bytes]:
    """The file that enrols it, and that file without it."""
    for number, table in enumerate(settings.wristband):
        if table.address == band.address:
            return config, without_table(named_files.content(config).decode(), "wristband", number).encode()
    assert settings.roster.file  # the band is in one of the two
    return settings.roster.file, _row_taken_out(band.address, settings.roster.file)
