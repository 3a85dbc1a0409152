"""Who is on duty: the tables of phones and of volunteers that `[duty]` names, out of their CSV files. Pure.

The order of the lines is kept: it is the order in which people are asked.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from gateway.duty import shift
from gateway.duty.duty_list import DutyList, Phone
from gateway.duty.phone_numbers import international
from gateway.duty.responders import Volunteer, Volunteers
from gateway.mistake import Mistake, plain
from gateway.settings import csv_table
from gateway.settings.columns import PEOPLE, named
from gateway.settings.spelling import near
from gateway.settings.validation import validated
from gateway.settings.values import Days, Degrees, Hours, Number, PersonName, Surroundings, YesNo

PersonRow = TypeVar("PersonRow", bound=BaseModel)


class _Person(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, str_strip_whitespace=True)

    name: PersonName
    days: Days = ""
    hours: Hours = ""

    @property
    def shift(self) -> shift.Shift:
        """When they are on duty."""
        return shift.read(self.days, self.hours)


class _PhoneRow(_Person):
    phone: Number
    test: YesNo = False


class _VolunteerRow(_Person):
    phone: Number | None = None
    latitude: Annotated[Degrees, Field(ge=-90, le=90)]
    longitude: Annotated[Degrees, Field(ge=-180, le=180)]


PHONES = ("name", "phone", "days", "hours", "test")
VOLUNTEERS = ("name", "phone", "latitude", "longitude", "days", "hours")


def duty_list(path: Path, data: bytes, country: str, around: Surroundings) -> tuple[DutyList, list[Mistake]]:
    """The phones of a CSV with this content, and every mistake in it."""
    table = _Table(path, "phones", PHONES, ("name", "phone"))
    rows = list(table.rows(data, _PhoneRow, around))
    table.once("name", ((line, _read_aloud(row.name)) for line, row in rows))
    table.once("phone", ((line, international(row.phone, country)) for line, row in rows))
    phones = tuple(Phone(row.name, row.phone, row.shift, row.test) for _, row in rows)
    return DutyList(phones, country), table.mistakes


def volunteers(path: Path, data: bytes, country: str, around: Surroundings) -> tuple[Volunteers, list[Mistake]]:
    """The volunteers of a CSV with this content, and every mistake in it."""
    table = _Table(path, "responders", VOLUNTEERS, ("name", "latitude", "longitude"))
    rows = list(table.rows(data, _VolunteerRow, around))
    table.once("name", ((line, _read_aloud(row.name)) for line, row in rows))
    table.once("phone", ((line, international(row.phone, country)) for line, row in rows if row.phone))
    known = tuple(Volunteer(row.name, row.phone or "", row.latitude, row.longitude, row.shift) for _, row in rows)
    return Volunteers(known, country), table.mistakes


def _read_aloud(name: str) -> str:
    """What people cannot tell apart is the same."""
    return unicodedata.normalize("NFKC", name).casefold()


class _Table:
    """One file; `mistakes` gathers what is wrong in it."""

    def __init__(self, path: Path, key: str, columns: Sequence[str], needed: Sequence[str]) -> None:
        self.mistakes: list[Mistake] = []
        self._file, self._key, self._columns, self._needed = str(path), key, columns, needed

    def rows(self, data: bytes, model: type[PersonRow], around: Surroundings) -> Iterator[tuple[int, PersonRow]]:
        """Line and content of each that is well."""
        columns: list[str] = []
        try:
            for line, _, cells in csv_table.rows(data):
                if not columns:
                    columns = named(cells, PEOPLE)
                    if not self._is_header(columns, line):
                        return
                elif row := self._row(line, columns, cells, model, around):
                    yield line, row
        except csv_table.BadTable as bad:
            self._wrong(bad.line, self._key, bad.code, **bad.facts)
        if not columns and not self.mistakes:
            self._no_header(1)

    def once(self, key: str, values: Iterable[tuple[int, str]]) -> None:
        """The same name or number in two lines is a mistake: a reply could be of either."""
        first: dict[str, int] = {}
        for line, value in values:
            if first.setdefault(value, line) != line:
                self._wrong(line, key, "person_twice", first=first[value])

    def _row(
        self, line: int, columns: list[str], cells: list[str], model: type[PersonRow], around: Surroundings
    ) -> PersonRow | None:
        values = {name: cell for name, cell in zip(columns, cells, strict=False) if name and cell}
        if any(cells[len(columns) :]):
            self._wrong(line, self._key, "too_many_cells", cells=len(cells), columns=len(columns))
        row, wrong = validated(model, values, around, lambda _: (self._file, line))
        self.mistakes += (mistake for _, mistake in wrong)
        return row

    def _is_header(self, columns: list[str], line: int) -> bool:
        if not set(columns) & set(self._columns):
            self._no_header(line)
        else:
            self._check_names(columns, line)
        return not self.mistakes

    def _check_names(self, columns: list[str], line: int) -> None:
        meant = set()
        for name in columns:
            if name and name not in self._columns:
                guess = near(name, set(self._columns) - set(columns))
                meant.add(guess)
                self._wrong(line, self._key, "unknown_column", name=plain(name), near=guess)
        for name in self._columns:
            if columns.count(name) > 1:
                self._wrong(line, name, "column_twice", name=name)
            if name in self._needed and name not in columns and name not in meant:
                self._wrong(line, name, "column_missing", name=name)

    def _no_header(self, line: int) -> None:
        self._wrong(line, self._key, "table_has_no_header", columns=",".join(self._columns))

    def _wrong(self, line: int, key: str, code: str, **facts: object) -> None:
        self.mistakes.append(Mistake(self._file, line, key, code, facts))
