"""Commands of people about an alert: their args, which come from outside, read into an action. Pure."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from gateway.alert import AlertOutcome
from gateway.alerts.lifecycle import Action
from gateway.commands import Command, Rejected

Name = Annotated[str, Meta(max_length=128)]
Note = Annotated[str, Meta(max_length=500)]
Minutes = Annotated[float, Meta(ge=0, le=1_440)]


class _Args(Struct, frozen=True):
    """`alert` is looked at by whoever knows the alerts."""

    alert: Any = None


class _Dispatch(_Args, frozen=True):
    responder: Name | None = None
    eta_min: Minutes | None = None


class _Resolve(_Args, frozen=True):
    outcome: AlertOutcome | None = None
    note: Note | None = None


class _Cancel(_Args, frozen=True):
    reason: Note | None = None


ARGS: dict[str, type[_Args]] = {
    "acknowledge": _Args,
    "dispatch": _Dispatch,
    "on_scene": _Args,
    "resolve": _Resolve,
    "cancel": _Cancel,
}


def read(command: Command) -> tuple[str, Action]:
    """The alert that is named ("": none), and what is to be done. Raises Rejected."""
    if not command.actor:
        raise Rejected("actor is missing")
    try:
        args = msgspec.convert(dict(command.args), ARGS[command.verb])
    except msgspec.ValidationError:
        raise Rejected("unreadable") from None
    alert = args.alert if isinstance(args.alert, str) else ""
    match args:
        case _Dispatch():
            action = Action(verb=command.verb, actor=command.actor, responder=args.responder or "", eta_min=args.eta_min)
        case _Resolve():
            action = Action(verb=command.verb, actor=command.actor, outcome=args.outcome, note=args.note or "")
        case _Cancel():
            action = Action(verb=command.verb, actor=command.actor, note=args.reason or "")
        case _:
            action = Action(verb=command.verb, actor=command.actor)
    return alert, action
