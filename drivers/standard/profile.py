"""One standard profile of the Bluetooth SIG as a part of a conversation: what to subscribe, what to read, how to decode it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from drivers.driver import Decoded, SensorTraits
from drivers.measurement import Kind
from drivers.standard.record_access import CONTROL_POINT


class Profile(Struct, frozen=True, kw_only=True):
    """A service and its characteristics, by full UUIDs.

    `values` are subscribed; `settings` are read once, and given to `decode` with each value that follows (characteristic
    -> bytes). `decode` raises Refused. `patience_s`: with no value for so long a visit is over; 0: nothing to wait for.
    `stores`: stored records can be asked for, where the service has a Record Access Control Point. `streams`,
    `on_sight` and `sensor`: as in ConnectionDriver.
    """

    name: str
    title: str
    title_zh: str
    measures: tuple[Kind, ...]
    service: str
    values: tuple[str, ...]
    decode: Callable[[str, bytes, Mapping[str, bytes]], Decoded]
    settings: tuple[str, ...] = ()
    patience_s: float = 60
    stores: bool = False
    streams: bool = False
    on_sight: bool = False
    sensor: SensorTraits = SensorTraits()

    def reads(self, characteristic: str) -> bool:
        """Whether this profile decodes it."""
        return characteristic in (*self.values, *self.settings) or (self.stores and characteristic == CONTROL_POINT)
