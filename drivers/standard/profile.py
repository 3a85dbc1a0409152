"""One standard profile of the Bluetooth SIG as a part of a conversation: what to subscribe, what to read, how to decode it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from drivers.driver import Decoded
from drivers.measurement import Kind


class Profile(Struct, frozen=True, kw_only=True):
    """A service and its characteristics, by full UUIDs.

    `values` are subscribed; `settings` are read once, and given to `decode` with each value that follows (characteristic
    -> bytes). `decode` raises Refused. `patience_s`: with no value for so long a visit is over; 0: nothing to wait for.
    `streams` and `on_sight`: as in ConnectionDriver.
    """

    name: str
    title: str
    measures: tuple[Kind, ...]
    service: str
    values: tuple[str, ...]
    decode: Callable[[str, bytes, Mapping[str, bytes]], Decoded]
    settings: tuple[str, ...] = ()
    patience_s: float = 60
    streams: bool = False
    on_sight: bool = False
