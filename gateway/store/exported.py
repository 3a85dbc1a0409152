"""A file of alert events that was exported, as JSON lines or as CSV: whether its chain holds and each line is true. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain as one_after_the_other

import msgspec
from msgspec import Struct

from gateway.errors import LiferingError
from gateway.formats import spreadsheet
from gateway.store import stored
from gateway.store.chain_check import BrokenEntry, ChainEntry, ChainVerdict, Check
from gateway.store.export_lines import EVENT_COLUMNS, event_columns


class NoExport(LiferingError):
    """This is no file of alert events that lifering wrote."""


class ExportedLine(Struct, frozen=True):
    """Of a line of the file, what the check needs. `columns`: the text of each column that repeats the body."""

    entry: ChainEntry
    entries: int
    partly: bool
    columns: Mapping[str, str]

    @property
    def true(self) -> bool:
        """Whether its columns say what its body says."""
        return self.columns == {name: spreadsheet.text(value) for name, value in self._of_the_body().items()}

    def _of_the_body(self) -> Mapping[str, object]:
        if self.entry.body is None:
            return dict.fromkeys(EVENT_COLUMNS)
        gateway = self.columns["alert"].rsplit("/", 2)[0]
        return event_columns(stored.decode_entry(self.entry.body), gateway)


def check(lines: Iterable[str]) -> ChainVerdict:
    """The lines of the file, in order. Raises NoExport with the number of the line that is none, or is missing."""
    chain: Check | None = None
    entries = 0
    for line in _lines(lines):
        if chain is None:
            chain, entries = Check(partly=line.partly), line.entries
        chain.take([line.entry])
        if not chain.broken and (not line.true or line.entries != entries):
            chain.broken = BrokenEntry(line.entry.entry, "changed")
    if chain is None:  # a file that was cut off at its beginning looks like one of a store without alerts
        raise NoExport("1")
    return chain.end(entries)


def _lines(texts: Iterable[str]) -> Iterator[ExportedLine]:
    read = 0
    try:
        for line in map(_line, _rows(iter(texts))):
            read += 1
            yield line
    except (csv.Error, msgspec.MsgspecError, ValueError, KeyError, RecursionError) as error:
        raise NoExport(str(read + 1)) from error


def _rows(texts: Iterator[str]) -> Iterator[Mapping[str, str]]:
    first = next(texts, "").removeprefix(spreadsheet.BOM)
    everything = one_after_the_other([first], texts)
    if not first.startswith("{"):
        yield from spreadsheet.rows(everything)
        return
    for text in everything:
        yield {name: spreadsheet.text(value) for name, value in msgspec.json.decode(text, type=dict[str, object]).items()}


def _line(cells: Mapping[str, str]) -> ExportedLine:
    body = cells["body"].encode() or None
    entry = ChainEntry(int(cells["entry"]), bytes.fromhex(cells["prev"]), bytes.fromhex(cells["hash"]), body)
    return ExportedLine(entry, int(cells["entries"]), cells["partly"] == "true", {name: cells[name] for name in EVENT_COLUMNS})
