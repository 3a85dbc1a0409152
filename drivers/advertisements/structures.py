"""Reads a whole advertisement by a driver's reading of one AD structure.

A record may be an advertisement and its scan response joined, and may hold two structures of a kind: all are looked at.
What one gives stands though another is refused. The record is refused only when nothing in it was good, with the first
reason that is not `not_mine`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from drivers.driver import Advertisement, Decoded, Refusal, Refused
from drivers.framing import ad_structures

Read = Callable[[bytes], Decoded | None]
Readers = Mapping[tuple[int, int], Read]


def decode_structures(advertisement: Advertisement, read: Callable[[int, bytes], Decoded | None]) -> Decoded:
    """All that `read(type, data)` finds; it gives None for a structure of somebody else. Raises Refused."""
    good: list[Decoded] = []
    refusals: list[Refusal] = []
    try:
        for kind, data in ad_structures(advertisement.data):
            try:
                decoded = read(kind, data)
            except Refused as why:
                refusals.append(why.refusal)
            else:
                if decoded is not None:
                    good.append(decoded)
    except Refused as why:
        refusals.append(why.refusal)
    if not good:
        raise _first(refusals)
    return good[0] if len(good) == 1 else _joined(good)


def by_id(readers: Readers) -> Callable[[int, bytes], Decoded | None]:
    """Finds what reads a structure: (SERVICE_DATA_16, UUID) or (MANUFACTURER_DATA, company) -> reads the data after that id."""

    def read(kind: int, data: bytes) -> Decoded | None:
        reader = readers.get((kind, int.from_bytes(data[:2], "little")))
        return reader(data[2:]) if reader and len(data) >= 2 else None

    return read


def decoder(readers: Readers) -> Callable[[Advertisement, bytes | None], Decoded]:
    """The `decode` of a driver that asks neither for the address nor for a key; `readers` as of `by_id`."""
    read = by_id(readers)

    def decode(advertisement: Advertisement, _key: bytes | None = None) -> Decoded:
        return decode_structures(advertisement, read)

    return decode


def _first(refusals: list[Refusal]) -> Refused:
    for refusal in refusals:
        if refusal.reason != "not_mine":
            return Refused(refusal.reason, refusal.detail)
    return Refused("not_mine", "no structure of this driver")


def _joined(good: list[Decoded]) -> Decoded:
    joined = Decoded()
    for decoded in good:
        joined.measurements += decoded.measurements
        joined.refusals += decoded.refusals
        joined.released += decoded.released
        joined.status |= decoded.status
        joined.counter = decoded.counter if decoded.counter is not None else joined.counter
    return joined
