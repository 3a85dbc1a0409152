"""A reading: a measurement with an owner, a time and a verdict; and an enrolment, which says whose a band is."""

from __future__ import annotations

from msgspec import Struct

from drivers.measurement import UNITS, Kind, Value
from gateway.clock import ClockState


class Enrolment(Struct, frozen=True, kw_only=True):
    """A band that is heard, and whose it is. `wearer` is a pseudonym.

    `sos_button`: the words of its key that call for help; None: as its driver says. `key` decrypts its advertisements.
    `port`: the name of the serial port that it is docked at; "": it is worn.
    """

    address: str
    driver: str
    wearer: str
    room: str = ""
    key: bytes | None = None
    model: str | None = None
    sos_button: tuple[str, ...] | None = None
    port: str = ""


class Reading(Struct, frozen=True, kw_only=True):
    """One record of those that are counted. `at_ms` is when it was measured, `received_ms` when it came, both wall clock, UTC.

    `seq` and `epoch` are its number in the store, which it has from the start (0: it is for no store).
    """

    wearer: str
    device: str
    driver: str
    kind: Kind
    value: Value
    at_ms: int
    received_ms: int
    clock: ClockState
    quality: tuple[str, ...] = ()
    history: bool = False
    seq: int = 0
    epoch: int = 0

    @property
    def unit(self) -> str | None:
        """The UCUM unit of its kind."""
        return UNITS[self.kind]

    @property
    def valid(self) -> bool:
        """Whether rules may use it: nothing in its quality says that it is invalid."""
        return not any(word.startswith("invalid:") for word in self.quality)
