"""A sum over the body of a row and its place: a bit that flips in either is seen, whatever it makes of the text. Pure."""

from __future__ import annotations

import zlib

SUM_BYTES = 4


class NotWhole(ValueError):
    """This row is not as it was written."""


def seal(place: str, body: bytes) -> bytes:
    """The body as it is stored at this place: the table, and the columns beside it."""
    return _sum(place, body) + body


def unseal(place: str, sealed: object) -> bytes:
    """The body that was sealed for this place. Raises NotWhole."""
    if not isinstance(sealed, bytes) or sealed[:SUM_BYTES] != _sum(place, sealed[SUM_BYTES:]):
        raise NotWhole(place)
    return sealed[SUM_BYTES:]


def _sum(place: str, body: bytes) -> bytes:
    return zlib.crc32(body, zlib.crc32(place.encode())).to_bytes(SUM_BYTES, "big")
