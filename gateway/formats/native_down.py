"""The messages of the format "native" that come down (docs/platform.md): JSON from outside, which may be anything. Pure.

Everything is read without types first, so that of a key that stands twice the last counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, TypeGuard, TypeVar

import msgspec
from msgspec import Meta, Struct

from gateway.commands import Command
from gateway.formats.format import COMMANDS, RECEIPTS, Receipts, ReceiptStatus, Unreadable
from gateway.formats.times import from_rfc3339

LONGEST_COMMAND = 65_536  # bytes; docs/platform.md, "A command"
LONGEST_RECEIPTS = 262_144  # the longest packet that we ask a broker for
DEEPEST = 32  # docs/platform.md, "A command"
LONGEST_ID = 128
LONGEST_VERB = 64
LONGEST_REASON = 500
TOO_DEEP = "it is nested too deeply"

Id = Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]


class ReceiptsMessage(Struct, kw_only=True):
    """`down/receipts`: the platform has it, by id (`gateway/epoch/17`, `gateway/epoch/A4`, `gateway/epoch/A4#2071`)."""

    ids: list[Id]
    status: ReceiptStatus
    reason: str | None = None


class CommandMessage(Struct, kw_only=True):
    """`down/commands`. `args` depends on the verb; those about an alert name it: `{"alert": "gateway/epoch/A4"}`."""

    id: Id
    verb: Annotated[str, Meta(max_length=LONGEST_VERB)]
    args: dict[str, Any] = msgspec.field(default_factory=dict)
    actor: Annotated[str, Meta(max_length=128)] | None = None
    issued_at: str | None = None
    expires_at: str | None = None


class _NoMessage(Exception):
    """It is no message of the contract; the text quotes nothing of it."""


# --- commands -------------------------------------------------------------------------------------------------------


def command(payload: bytes) -> Command | Unreadable:
    """A message on `down/commands`. Where at least its id can be read there is an answer."""
    try:
        plain = _json(payload, LONGEST_COMMAND)
    except _NoMessage as why:
        return Unreadable(COMMANDS, str(why))
    if _too_deep(plain):
        return Unreadable(COMMANDS, TOO_DEEP)
    try:
        return _command(_of_type(plain, CommandMessage))
    except _NoMessage as why:
        return Unreadable(COMMANDS, str(why), _of_no_sense(plain, payload))


def _command(message: CommandMessage) -> Command:
    return Command(
        id=message.id,
        verb=message.verb,
        args=message.args,
        actor=message.actor or "",
        expires_ms=None if message.expires_at is None else _ms(message.expires_at),
    )


def _ms(text: str) -> int:
    try:
        return from_rfc3339(text)
    except (ValueError, OverflowError):
        raise _NoMessage("expires_at is no time such as 2026-11-23T03:21:09.120Z") from None


def _of_no_sense(plain: object, payload: bytes) -> Command | None:
    """What can be answered of it, and what tells it from another of the same id."""
    id_, verb = (plain.get("id"), plain.get("verb")) if isinstance(plain, dict) else (None, None)
    if not _is_text(id_, LONGEST_ID):
        return None
    import hashlib  # slow to import, and seldom wanted

    content = {"sha256": hashlib.sha256(payload).hexdigest()}
    return Command(id=id_, verb=verb if _is_text(verb, LONGEST_VERB) else "", args=content, readable=False)


def _too_deep(plain: object) -> bool:
    """Whether lists and objects stand in one another more than `DEEPEST` times."""
    nested = _nested([plain])
    for _ in range(DEEPEST):
        nested = _nested(inner for outer in nested for inner in (outer.values() if isinstance(outer, dict) else outer))
    return bool(nested)


def _nested(parts: Iterable[object]) -> list[dict[str, object] | list[object]]:
    return [part for part in parts if isinstance(part, dict | list)]


# --- receipts -------------------------------------------------------------------------------------------------------


class _Receipts(Struct):
    """As they are read: one bad id does not spoil the others, and a bad reason spoils nothing."""

    ids: list[Any]
    status: ReceiptStatus
    reason: Any = None


def receipts(payload: bytes) -> Receipts | Unreadable:
    """A message on `down/receipts`, sorted into alerts and readings by the shape of the ids."""
    try:
        message = _of_type(_json(payload, LONGEST_RECEIPTS), _Receipts)
    except _NoMessage as why:
        return Unreadable(RECEIPTS, str(why))
    ids = [id_ for id_ in message.ids if _is_text(id_, LONGEST_ID)]
    bad = len(message.ids) - len(ids)
    return Receipts(
        alerts=[id_ for id_ in ids if _is_alert(id_)],
        readings=[id_ for id_ in ids if not _is_alert(id_)],
        status=message.status,
        reason=message.reason[:LONGEST_REASON] if isinstance(message.reason, str) else "",
        unreadable=f"{bad} of {len(message.ids)} ids are no text of 1 to {LONGEST_ID} characters" if bad else "",
    )


def _is_alert(id_: str) -> bool:
    """`gateway/epoch/A4` and `gateway/epoch/A4#2071`; a reading is `gateway/epoch/17`."""
    return id_.rpartition("/")[2].startswith("A")


# --- both -----------------------------------------------------------------------------------------------------------


def _is_text(value: object, longest: int) -> TypeGuard[str]:
    return isinstance(value, str) and 1 <= len(value) <= longest


def _json(payload: bytes, longest: int) -> object:
    if len(payload) > longest:
        raise _NoMessage(f"{len(payload)} bytes, {longest} are the most")
    try:
        return msgspec.json.decode(payload)
    except ValueError:  # msgspec.DecodeError is one, UnicodeDecodeError too
        raise _NoMessage("it is not JSON") from None
    except RecursionError:
        raise _NoMessage(TOO_DEEP) from None


T = TypeVar("T")


def _of_type(plain: object, kind: type[T]) -> T:
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        raise _NoMessage(_place(error)) from None


def _place(error: msgspec.ValidationError) -> str:
    """Where it is wrong. What msgspec says of a wrong value may quote it; a path or the name of a missing field does not."""
    said, _, path = str(error).partition(" - at `")
    if said.startswith("Object missing"):
        return said
    return f"something is wrong at {path.rstrip('`') or '$'}"
