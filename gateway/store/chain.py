"""The chain of the events: each entry's hash covers the one before it, so that a changed or missing entry shows. Pure."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from msgspec import Struct

BEGINNING = bytes(32)  # what stands before the first entry


class ChainHead(NamedTuple):
    """The last entry: its place (the first is 1; 0: there is none yet) and its hash."""

    entry: int = 0
    hash: bytes = BEGINNING


class ChainLink(Struct, frozen=True):
    """An entry's place, the hash of the one before, and its own."""

    entry: int
    prev: bytes
    hash: bytes


def link(head: ChainHead, body: bytes) -> ChainLink:
    """The entry after this head."""
    entry = head.entry + 1
    return ChainLink(entry, head.hash, entry_hash(head.hash, entry, body))


def entry_hash(prev: bytes, entry: int, body: bytes) -> bytes:
    """SHA-256 of the hash before, the place as 8 bytes big endian, and the body."""
    return hashlib.sha256(prev + entry.to_bytes(8, "big") + body).digest()
