"""The wristbands in reach as a table for a terminal, the strongest first, no larger than the terminal is. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from gateway.cli.columns import padded, shortened, width
from gateway.language import Language
from gateway.words.command_line import SCAN

ADDRESS, DRIVER, SIGNAL, BATTERY = 17, 18, 7, 7  # columns


class InReach(Struct, kw_only=True):
    """One device that is a wristband, or enrolled as one. `rssi` in dBm, the last heard; `battery` in %, where it is told.

    `address_changes`: it cannot be enrolled, as it soon has another address.
    """

    address: str
    driver: str | None
    rssi: int
    battery: float | None
    enrolled: bool
    wearer: str | None
    calls_itself: str | None
    address_changes: bool


def table(
    bands: Sequence[InReach], others: int, left_s: float, language: Language, *, columns: int, lines: int
) -> Iterator[str]:
    """Line by line. `bands`: the strongest first; `others`: how many devices besides; `left_s`: how long it still listens."""
    room = max(1, lines - 4)  # without the head, what was left out, what is counted, and the line of the cursor
    yield _row(*(SCAN[head].of(language) for head in ("address", "driver", "signal", "battery", "whose")), columns=columns)
    for band in bands[:room]:
        battery = "-" if band.battery is None else f"{band.battery:.0f} %"
        yield _row(band.address, band.driver or "-", f"{band.rssi} dBm", battery, _whose(band, language), columns=columns)
    if len(bands) > room:
        yield shortened(SCAN["more"].of(language).format(more=len(bands) - room), columns - 1)
    count = SCAN["count"].of(language).format(bands=len(bands), others=others)
    yield shortened(f"{count}  {SCAN['left'].of(language).format(seconds=round(left_s))}", columns - 1)


def _whose(band: InReach, language: Language) -> str:
    whose = SCAN["enrolled" if band.enrolled else "not enrolled"].of(language).format(wearer=band.wearer)
    remark = SCAN["address changes"].of(language) if band.address_changes else band.calls_itself or ""
    return f"{whose}  {remark}".rstrip()


def _row(address: str, driver: str, signal: str, battery: str, whose: str, *, columns: int) -> str:
    numbers = f"{_right(signal, SIGNAL)}  {_right(battery, BATTERY)}"
    row = f"{padded(address, ADDRESS)}  {padded(shortened(driver, DRIVER), DRIVER)}  {numbers}  {whose}"
    return shortened(row, columns - 1).rstrip()


def _right(text: str, columns: int) -> str:
    return " " * max(0, columns - width(text)) + text
