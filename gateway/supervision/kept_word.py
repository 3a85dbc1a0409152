"""What a band said of itself, as it goes to the disk: an alert shows it, also where it is told after a restart. Pure."""

from __future__ import annotations

from typing import cast

from msgspec import Struct

from drivers.measurement import Kind
from gateway.clock import ClockState
from gateway.readings import Reading


class KeptWord(Struct, frozen=True, omit_defaults=True):
    """A reading of one of the kinds that are watched, but for positions: they are kept nowhere else than in alerts."""

    driver: str
    kind: Kind
    value: bool | int | float
    at_ms: int
    received_ms: int
    clock: ClockState
    quality: tuple[str, ...] = ()
    seq: int = 0
    epoch: int = 0
    monotonic_ms: int | None = None


def kept_word(reading: Reading) -> KeptWord:
    """Of a reading that the supervision of bands takes."""
    return KeptWord(
        driver=reading.driver,
        kind=reading.kind,
        value=cast("bool | float", reading.value),
        at_ms=reading.at_ms,
        received_ms=reading.received_ms,
        clock=reading.clock,
        quality=reading.quality,
        seq=reading.seq,
        epoch=reading.epoch,
        monotonic_ms=reading.monotonic_ms,
    )


def as_reading(word: KeptWord, device: str, wearer: str) -> Reading:
    """As it came."""
    return Reading(
        wearer=wearer,
        device=device,
        driver=word.driver,
        kind=word.kind,
        value=word.value,
        at_ms=word.at_ms,
        received_ms=word.received_ms,
        clock=word.clock,
        quality=word.quality,
        seq=word.seq,
        epoch=word.epoch,
        monotonic_ms=word.monotonic_ms,
    )
