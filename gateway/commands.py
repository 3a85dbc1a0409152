"""Commands of people: what is asked, and the answer to it, as values of the house; every channel brings the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

ReplyStatus = Literal["accepted", "done", "rejected", "failed"]


class Command(Struct, frozen=True, kw_only=True):
    """What somebody asks of the gateway. `expires_ms`: wall clock, UTC; None: never. `actor`: who asks."""

    id: str
    verb: str
    args: Mapping[str, object] = {}
    actor: str = ""
    expires_ms: int | None = None


class Reply(Struct, frozen=True, kw_only=True):
    """The answer. `reason` is one of the contract's fixed words (CONTRACT 3), "" where there is none."""

    id: str
    verb: str
    status: ReplyStatus
    reason: str = ""
    result: Mapping[str, object] = {}
