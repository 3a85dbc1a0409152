"""What the `result` of a reply is, by the verb of its command (docs/platform.md), as types: for the schemas. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from gateway.alert import AlertKind, Workflow
from gateway.formats.native_up import PositionMessage
from gateway.formats.reading_json import Time


class AlertResult(Struct, kw_only=True):
    """Of `acknowledge`, `dispatch`, `on_scene`, `resolve` and `cancel`: the alert, and how far its workflow is now."""

    alert: str
    workflow: Workflow


class ShelveResult(Struct, kw_only=True):
    """Of `shelve`: until when all of these kinds are set aside, which may be later than was asked."""

    wearer: str
    kinds: list[AlertKind]
    until: Time


class UnshelveResult(Struct, kw_only=True):
    """Of `unshelve`: the kinds that were set aside and count again."""

    wearer: str
    kinds: list[AlertKind]


class NotifyResult(Struct, kw_only=True):
    """Of `notify`, `done`. `sent`: the band has it, and is of a kind that never says whether it obeyed."""

    band: Literal["shown", "sent"]


class MeasureResult(Struct, kw_only=True):
    """Of `measure`, `done`: the ids of the readings."""

    readings: Annotated[list[str], Meta(min_length=1)]


class HeardMessage(Struct, kw_only=True):
    """By which port or adapter a band was heard last (`bluetooth`: over its own connection), how loud (dBm), how long ago."""

    by: str
    rssi: int | None
    age_s: Annotated[int, Meta(ge=0)]


class LocateResult(Struct, kw_only=True):
    """Of `locate`: what is known of it."""

    position: PositionMessage | UnsetType = UNSET
    room: str | UnsetType = UNSET
    heard: HeardMessage | UnsetType = UNSET


class SnapshotResult(Struct, kw_only=True):
    """Of `snapshot`: the ids that the platform holds open and that are closed or unknown here."""

    closed: list[str]
