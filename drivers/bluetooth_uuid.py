"""Bluetooth UUIDs as text: always full and in lower case, also those that the specifications give in 16 bits."""

from __future__ import annotations

import re

_BASE = "0000{:04x}-0000-1000-8000-00805f9b34fb"  # Core Specification, Vol 3, Part B, 2.5.1
_SHORT = re.compile(r"(?:0x)?([0-9a-f]{4})")
_FULL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def full_uuid(short: int) -> str:
    """The full form of a 16-bit UUID: 0x2A37 is `00002a37-0000-1000-8000-00805f9b34fb`."""
    return _BASE.format(short)


def parse_uuid(text: str) -> str:
    """A UUID as people write it, `2A37` or the full form, in either case, as full form. Raises ValueError."""
    text = text.strip().lower()
    if short := _SHORT.fullmatch(text):
        return full_uuid(int(short[1], 16))
    if _FULL.fullmatch(text):
        return text
    raise ValueError(f"{text!r} is no UUID; right would be 2a37 or 00002a37-0000-1000-8000-00805f9b34fb")
