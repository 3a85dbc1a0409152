"""A reading: a measurement with an owner, a time and a verdict; and an enrolment, which says whose a band is."""

from __future__ import annotations

from msgspec import Struct, structs

from drivers.measurement import UNITS, Kind, Value
from gateway.clock import STEP_MS, ClockState


class Enrolment(Struct, frozen=True, kw_only=True):
    """A band that is heard, and whose it is. `wearer` is a pseudonym.

    `sos_button`: the words of its key that call for help; None: as its driver says. `key` decrypts its advertisements.
    `passkey`: the number that pairing with it asks for. `port`: the serial port that it is docked at; "": it is worn. `slot`: a
    Bluetooth connection is kept for it.
    """

    address: str
    driver: str
    wearer: str
    room: str = ""
    key: bytes | None = None
    passkey: int | None = None
    model: str | None = None
    sos_button: tuple[str, ...] | None = None
    port: str = ""
    slot: bool = False


class Reading(Struct, frozen=True, kw_only=True, gc=False):
    """One record of those that are counted. `at_ms` is when it was measured, `received_ms` when it came, both wall clock, UTC.

    `seq` and `epoch` are its number in the store, which it has from the start (0: it is for no store). `monotonic_ms`: when it
    was measured by the clock of its boot that never steps, where the wall clock was not synchronised and `at_ms` is its word.
    `rr_ms`: of a heart rate, the times between beats (ms) that came with it.
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
    monotonic_ms: int | None = None
    rr_ms: tuple[int, ...] = ()

    @property
    def unit(self) -> str | None:
        """The UCUM unit of its kind."""
        return UNITS[self.kind]

    @property
    def valid(self) -> bool:
        """Whether rules may use it: nothing in its quality says that it is invalid."""
        return not any(word.startswith("invalid:") for word in self.quality)


def at_true_time(reading: Reading, offset_ms: int) -> Reading:
    """The reading as it would be, had the clock been set when it came; the same one where it was, or nearly so.

    `offset_ms`: what the wall clock says when the monotonic one of the reading's boot says 0, now that it is known.
    """
    if reading.monotonic_ms is None or abs(by_ms := reading.monotonic_ms + offset_ms - reading.at_ms) < STEP_MS:
        return reading
    return structs.replace(
        reading,
        at_ms=reading.at_ms + by_ms,
        received_ms=reading.received_ms + by_ms,
        quality=tuple(dict.fromkeys((*reading.quality, "corrected_time"))),
        monotonic_ms=None,
    )
