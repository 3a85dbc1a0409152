"""The supply and the heat of the board, now and since it was switched on."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.doctor.diagnosis import Diagnosis
from gateway.doctor.host import Host
from gateway.health.board import THROTTLED, Board

UNDERVOLTAGE_BEFORE, TOO_HOT_BEFORE = 1 << 16, 1 << 19


def look(host: Host) -> tuple[frozenset[str], int]:
    """The faults of now, and the bits of the firmware."""
    now = frozenset(seen.fault for seen in Board(host.root / "sys").seen())
    return now, host.number(f"sys/{THROTTLED}", 16) or 0


def diagnoses(now: frozenset[str], bits: int) -> Iterator[Diagnosis]:
    """What is wrong, or was. Pure."""
    for fault, before in (("undervoltage", UNDERVOLTAGE_BEFORE), ("overheated", TOO_HOT_BEFORE)):
        if fault in now:
            yield Diagnosis("power", fault)
        elif bits & before:
            yield Diagnosis("power", f"{fault}_before", is_fault=False)
