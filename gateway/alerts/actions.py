"""Commands of people about alerts: their args, which come from outside, read into what is to be done. Pure."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from gateway.alert import AlertKind, AlertOutcome
from gateway.alerts.lifecycle import Action
from gateway.alerts.shelves import KINDS, LONGEST_MS
from gateway.commands import Command, Rejected
from gateway.formats.times import from_rfc3339

Name = Annotated[str, Meta(max_length=128)]
Wearer = Annotated[str, Meta(min_length=1, max_length=128)]
Note = Annotated[str, Meta(max_length=500)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Minutes = Annotated[float, Meta(ge=0, le=1_440)]
Kinds = Annotated[list[AlertKind], Meta(min_length=1)]


class AboutAlert(Struct, frozen=True):
    """The args of `acknowledge` and `on_scene`. `alert` is looked at by whoever knows the alerts."""

    alert: Any = None


class Dispatch(AboutAlert, frozen=True):
    """The args of `dispatch`."""

    responder: Name | None = None
    eta_min: Minutes | None = None


class Resolve(AboutAlert, frozen=True):
    """The args of `resolve`."""

    outcome: AlertOutcome | None = None
    note: Note | None = None


class Cancel(AboutAlert, frozen=True):
    """The args of `cancel`."""

    reason: Note | None = None


class Shelve(Struct, frozen=True):
    """The args of `shelve`. `until`: RFC 3339, at most 24 h ahead."""

    wearer: Wearer
    kinds: Kinds
    until: str
    reason: Reason


class Unshelve(Struct, frozen=True):
    """The args of `unshelve`. `kinds`: none is all."""

    wearer: Wearer
    kinds: Kinds | None = None


class ClosedThere(Struct, frozen=True):
    """An alert that a person closed on the platform, who and when."""

    alert: str
    workflow: Literal["resolved", "cancelled"]
    actor: Name | None = None
    at: str | None = None


class Settle(Struct, frozen=True):
    """The args of `snapshot`. `open`: ids of what is open on the platform; `closed`: what a person closed there."""

    open: list[str] | None = None
    closed: list[ClosedThere] | None = None


ARGS: dict[str, type[AboutAlert]] = {
    "acknowledge": AboutAlert,
    "dispatch": Dispatch,
    "on_scene": AboutAlert,
    "resolve": Resolve,
    "cancel": Cancel,
}
CLOSING: dict[str, str] = {"resolved": "resolve", "cancelled": "cancel"}

T = TypeVar("T")


def convert(command: Command, kind: type[T]) -> T:
    """Its args. Raises Rejected."""
    try:
        return msgspec.convert(dict(command.args), kind)
    except msgspec.ValidationError:
        raise Rejected("unreadable") from None


def by_somebody(command: Command) -> str:
    """Who asks. Raises Rejected."""
    if not command.actor.strip():
        raise Rejected("actor is missing")
    return command.actor


def read(command: Command) -> tuple[str, Action]:
    """The alert that is named ("": none), and what is to be done. Raises Rejected."""
    actor = by_somebody(command)
    args = convert(command, ARGS[command.verb])
    alert = args.alert if isinstance(args.alert, str) else ""
    match args:
        case Dispatch():
            action = Action(verb=command.verb, actor=actor, responder=args.responder or "", eta_min=args.eta_min)
        case Resolve():
            action = Action(verb=command.verb, actor=actor, outcome=args.outcome, note=args.note or "")
        case Cancel():
            action = Action(verb=command.verb, actor=actor, note=args.reason or "")
        case _:
            action = Action(verb=command.verb, actor=actor)
    return alert, action


def shelve(command: Command, now_ms: int) -> tuple[Shelve, int]:
    """What is to be set aside, and until when (wall clock, UTC). Raises Rejected."""
    by_somebody(command)
    args = convert(command, Shelve)
    until_ms = time_ms(args.until)
    if not set(args.kinds) <= KINDS or not args.reason.strip() or not now_ms < until_ms <= now_ms + LONGEST_MS:
        raise Rejected("unreadable")
    return args, until_ms


def unshelve(command: Command) -> Unshelve:
    """What counts again. Raises Rejected."""
    by_somebody(command)
    args = convert(command, Unshelve)
    if args.kinds is not None and not set(args.kinds) <= KINDS:
        raise Rejected("unreadable")
    return args


def settle(command: Command) -> tuple[Settle, list[tuple[str, Action, int | None]]]:
    """What the platform holds open, and each alert that it closed with what a person did to it and when. Raises Rejected."""
    args = convert(command, Settle)
    closed = []
    for one in args.closed or ():
        actor = (one.actor or command.actor).strip()
        if not actor:
            raise Rejected("actor is missing")
        at_ms = None if one.at is None else time_ms(one.at)
        closed.append((one.alert, Action(verb=CLOSING[one.workflow], actor=actor), at_ms))
    return args, closed


def time_ms(text: str) -> int:
    """RFC 3339. Raises Rejected."""
    try:
        return from_rfc3339(text)
    except (ValueError, OverflowError):
        raise Rejected("unreadable") from None
