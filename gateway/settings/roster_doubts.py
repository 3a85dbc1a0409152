"""What should be asked about the bands that are enrolled: allowed, but perhaps not meant. Pure.

No wearer and no room is repeated; the line says whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from gateway.mistake import Mistake
from gateway.settings.personal_data import is_chinese_name, is_identity_number
from gateway.settings.roster_file import RosterEntry
from gateway.settings.sections.bands import BandSection
from gateway.settings.spreadsheet_dates import looks_like_a_date

NOBODYS = ("00:00:00:00:00:00", "FF:FF:FF:FF:FF:FF")
Example = tuple[str, str, str]  # address, driver, wearer


def doubts(entries: Iterable[RosterEntry], examples: Collection[Example], serial: Collection[str]) -> Iterator[Mistake]:
    """Every doubt. `examples`: the bands of the roster that comes with the program; `serial`: the drivers without a radio."""
    well = [(entry, entry.band) for entry in entries if entry.band]
    for entry, band in well:
        yield from (entry.mistake(key, code, {}) for key, code in _alone(band, serial))
        if (band.address, band.driver, band.wearer) in examples:
            yield entry.mistake("address", "band_is_an_example", {})
    yield from _two_rooms(well)
    yield from _written_otherwise(well)


def _alone(band: BandSection, serial: Collection[str]) -> Iterator[tuple[str, str]]:
    """What a band says of itself: key and code."""
    if band.address in NOBODYS:
        yield "address", "address_is_nobodys"
    elif band.driver not in serial and _changes(band.address):
        yield "address", "address_changes"
    if is_identity_number(band.wearer):
        yield "wearer", "wearer_is_an_identity_number"
    elif is_chinese_name(band.wearer):
        yield "wearer", "wearer_is_a_name"
    elif looks_like_a_date(band.wearer):
        yield "wearer", "looks_like_a_date"
    if not band.room:
        yield "room", "room_is_empty"
    elif looks_like_a_date(band.room):
        yield "room", "looks_like_a_date"


def _changes(address: str) -> bool:
    """Whether it is surely a resolvable private address: the top bits 01 (Core Specification, volume 6, part B, 1.3.2.2).

    A maker's own address may begin with these bits too, but then it has neither the bit of a local nor that of a group
    address (IEEE 802, 8.2): where both are clear nobody can tell.
    """
    first = int(address[:2], 16)
    return first >> 6 == 0b01 and bool(first & 0b11)


def _two_rooms(bands: Iterable[tuple[RosterEntry, BandSection]]) -> Iterator[Mistake]:
    first: dict[str, tuple[RosterEntry, str]] = {}
    for entry, band in bands:
        if band.room:
            earlier, room = first.setdefault(band.wearer, (entry, band.room))
            if room != band.room:
                yield entry.mistake("room", "wearer_in_two_rooms", {"first": _place(earlier)})


def _written_otherwise(bands: Iterable[tuple[RosterEntry, BandSection]]) -> Iterator[Mistake]:
    first: dict[str, tuple[RosterEntry, str]] = {}
    for entry, band in bands:
        heard = re.sub(r"[\W_]", "", band.wearer).casefold() or band.wearer
        earlier, wearer = first.setdefault(heard, (entry, band.wearer))
        if wearer != band.wearer:
            yield entry.mistake("wearer", "wearer_written_otherwise", {"first": _place(earlier)})


def _place(entry: RosterEntry) -> str:
    return f"{entry.file}:{entry.line}"
