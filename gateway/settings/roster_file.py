"""Which band belongs to whom: the roster CSV and the `[[wristband]]` entries together, by address.

A note for the one who enrols: a band needs a public or a static random address. A random address that begins with a
digit below C changes every quarter of an hour and is not heard again (Core Specification, volume 6, part B, 1.3.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.mistake import Mistake, plain
from gateway.readings import Enrolment
from gateway.settings import csv_table, named_files
from gateway.settings.columns import ROSTER, named
from gateway.settings.docking import Device, dock
from gateway.settings.driver_names import hubs
from gateway.settings.sections.bands import BandSection, RosterRow, WristbandSection
from gateway.settings.shipped import shipped
from gateway.settings.spelling import near
from gateway.settings.validation import validated
from gateway.settings.values import ADDRESS, Surroundings, printed

COLUMNS = tuple(ROSTER)
MUST_BE_THERE = COLUMNS[:4]


@dataclass(frozen=True)
class RosterEntry:
    """A place where a band is enrolled; `band` is None where the entry has a mistake, which is told elsewhere.

    `section` stands before its keys when they are told: "wristband." for those of the configuration. `written` is the
    address as it stands there.
    """

    file: str
    line: int
    section: str
    written: object
    band: BandSection | None

    @property
    def address(self) -> str | None:
        """The band's address; None where it is none."""
        if self.band:
            return self.band.address
        return printed(self.written) if isinstance(self.written, str) and re.fullmatch(ADDRESS, self.written) else None

    def mistake(self, key: str, code: str, facts: Mapping[str, object]) -> Mistake:
        """A mistake in this entry."""
        return Mistake(self.file, self.line, self.section + key, code, facts)


def enrol(entries: Iterable[RosterEntry], ports: Mapping[str, str]) -> tuple[dict[str, Enrolment], list[Mistake]]:
    """Every band by its address; and as mistakes: an address given twice, a key file or a port that cannot be used.

    `ports`: name -> driver of every serial port.
    """
    bands: dict[str, Enrolment] = {}
    first, mistakes = _each_once(entries)
    devices = [Device(address, e.band.driver, _port(e.band)) for address, e in first.items() if e.band]
    docked = dock(devices, ports, hubs())
    for address, entry in first.items():
        if address in docked.mistakes:
            mistakes.append(entry.mistake("port", *docked.mistakes[address]))
        elif entry.band:
            try:
                bands[address] = _enrolment(entry.band, docked.ports.get(address, ""))
            except named_files.BadFile as bad:
                mistakes.append(entry.mistake("key_file", bad.code, bad.facts))
    return bands, mistakes


def _each_once(entries: Iterable[RosterEntry]) -> tuple[dict[str, RosterEntry], list[Mistake]]:
    """The first entry of each address, and the others as mistakes."""
    first: dict[str, RosterEntry] = {}
    mistakes: list[Mistake] = []
    for entry in entries:
        address = entry.address
        if address is not None and first.setdefault(address, entry) is not entry:
            facts = {"address": address, "first": f"{first[address].file}:{first[address].line}"}
            mistakes.append(entry.mistake("address", "address_twice", facts))
    return first, mistakes


def _port(band: BandSection) -> str | None:
    return band.port if isinstance(band, WristbandSection) else None


def _enrolment(band: BandSection, port: str) -> Enrolment:
    key, sos_button = None, None
    match band:
        case RosterRow(key=str(digits)):
            key = bytes.fromhex(digits)
        case WristbandSection():
            key = named_files.key(band.key_file) if band.key_file else None
            sos_button = band.sos_button
    return Enrolment(
        address=band.address,
        driver=band.driver,
        wearer=band.wearer,
        room=band.room,
        key=key,
        model=band.model,
        sos_button=sos_button,
        port=port,
    )


def entries_of(path: Path, data: bytes, surroundings: Surroundings) -> tuple[list[RosterEntry], list[Mistake]]:
    """The lines of a roster CSV with this content, and every mistake in them."""
    file = str(path)
    entries: list[RosterEntry] = []
    mistakes: list[Mistake] = []
    columns: list[str] = []
    try:
        for line, _, cells in csv_table.rows(data):
            if not columns:
                columns = names(cells)
                mistakes += _header_mistakes(columns, file, line)
                if mistakes:
                    break
            else:
                entry, wrong = _entry(file, line, columns, cells, surroundings)
                entries.append(entry)
                mistakes += wrong
    except csv_table.BadTable as bad:
        mistakes.append(Mistake(file, bad.line, "roster", bad.code, bad.facts))
    if not columns and not mistakes:
        mistakes.append(Mistake(file, 1, "roster", "roster_has_no_header"))
    return entries, mistakes


def names(header: Iterable[str]) -> list[str]:
    """The columns, as the first row names them; a column of remarks has an empty name."""
    return named(header, ROSTER)


def _header_mistakes(columns: list[str], file: str, line: int) -> list[Mistake]:
    if not set(columns) & set(COLUMNS):
        return [Mistake(file, line, "roster", "roster_has_no_header")]
    mistakes = []
    for name in columns:
        if name and name not in COLUMNS:
            facts = {"name": plain(name), "near": near(name, set(COLUMNS) - set(columns))}
            mistakes.append(Mistake(file, line, "roster", "unknown_column", facts))
    for name in COLUMNS:
        if columns.count(name) > 1:
            mistakes.append(Mistake(file, line, name, "column_twice", {"name": name}))
        if name in MUST_BE_THERE and name not in columns and name not in {m.facts.get("near") for m in mistakes}:
            mistakes.append(Mistake(file, line, name, "column_missing", {"name": name}))
    return mistakes


def _entry(
    file: str, line: int, columns: list[str], cells: list[str], surroundings: Surroundings
) -> tuple[RosterEntry, list[Mistake]]:
    """One line of the CSV. An empty cell is a value that is not given."""
    mistakes: list[Mistake] = []
    values = {name: cell for name, cell in zip(columns, cells, strict=False) if name and cell}
    if any(cells[len(columns) :]):
        mistakes.append(Mistake(file, line, "roster", "too_many_cells", {"cells": len(cells), "columns": len(columns)}))
    band, wrong = validated(RosterRow, values, surroundings, lambda _: (file, line))
    mistakes += (mistake for _, mistake in wrong)
    return RosterEntry(file, line, "", values.get("address"), band), mistakes


def examples() -> set[tuple[str, str, str]]:
    """Address, driver and wearer of each band of the roster that comes with the program: nobody has them."""
    _, *bands = csv_table.rows(shipped("wristbands.csv").read_bytes())
    return {(band.cells[0], band.cells[1], band.cells[2]) for band in bands}
