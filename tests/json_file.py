"""JSON as it is kept in the repository: indented, so that a change of it can be read."""

from __future__ import annotations

import msgspec


def encoded(what: object) -> bytes:
    """What is written into the file."""
    return msgspec.json.format(msgspec.json.encode(what), indent=1) + b"\n"
