"""Messages from above as they come: JSON from outside, which may be anything."""

from __future__ import annotations

from typing import TypeVar

import msgspec

LONGEST_BYTES = 65_536
DEEPEST = 8
LONGEST_ID = 128

T = TypeVar("T")


class Unreadable(Exception):
    """It is no message of the contract. The text quotes nothing of it; `id` is its id, where at least that could be read."""

    def __init__(self, why: str, id_: str = "") -> None:
        super().__init__(why)
        self.id = id_


class _Named(msgspec.Struct):
    id: str


def decoded(payload: bytes, kind: type[T]) -> T:
    """The message of this type. Raises Unreadable."""
    if len(payload) > LONGEST_BYTES:
        raise Unreadable(f"{len(payload)} bytes, {LONGEST_BYTES} are the most")
    try:
        return msgspec.json.decode(payload, type=kind)
    except msgspec.ValidationError as error:
        raise Unreadable(_place(error), _id(payload)) from None
    except ValueError:  # msgspec.DecodeError is one, UnicodeDecodeError too
        raise Unreadable("it is not JSON") from None
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None


def _place(error: msgspec.ValidationError) -> str:
    """Where it is wrong. What msgspec says of a wrong value may quote it; a path or the name of a missing field does not."""
    said, _, path = str(error).partition(" - at `")
    if said.startswith("Object missing"):
        return said
    return f"something is wrong at {path.rstrip('`') or '$'}"


def _id(payload: bytes) -> str:
    try:
        return msgspec.json.decode(payload, type=_Named).id[:LONGEST_ID]
    except (ValueError, RecursionError):
        return ""


def too_deep(value: object, levels: int = DEEPEST) -> bool:
    """Whether lists and objects are nested deeper than anybody needs."""
    parts = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(parts, list):
        return False
    return levels == 0 or any(too_deep(part, levels - 1) for part in parts)
