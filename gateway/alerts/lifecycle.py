"""The life of an alert as a pure state machine: an alert and what happened to it in, the alert after it and its event out.

Two axes that do not know of each other, so that "the value is normal again" never hides "nobody came":

                  Finding                 Clearing (never of sos, fall)
    condition   ----------->  active  -----------------------> cleared
                                 ^                                |
                                 +------------ Finding -----------+     the same alert, as long as it is open

    workflow    raised -> sent -> received -> acknowledged -> dispatched -> on_scene -+-> resolved
                                                                                      +-> cancelled
                Sent and Received come from the way to the platform, the others are a person's commands. Steps may be
                left out, none is ever taken back, and what is closed stays closed.

Open is what still needs somebody: a critical alert until a person closes it, others also until their cause is gone.
What happens twice changes nothing and has no event; only a second press of SOS and a second fall are always told.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from gateway.alert import (
    CLOSED,
    PAST_EVENT,
    PRIORITIES,
    Alert,
    AlertKind,
    AlertOutcome,
    Clearing,
    EventName,
    Finding,
    Workflow,
)
from gateway.commands import Rejected
from gateway.readings import Reading

ONCE_MORE = frozenset({"store_repaired"})  # no state: what happens again is lost again, and people hear of it
LATCHED: frozenset[AlertKind] = frozenset({"sos", "fall"})  # their cause is never gone by itself
OF_ONE_BAND: frozenset[AlertKind] = frozenset({"silent", "off_wrist", "battery", "geofence"})  # the wearer may have two
READINGS_KEPT = 20  # of one alert: the first, and the newest
WORKFLOW: tuple[Workflow, ...] = ("raised", "sent", "received", "acknowledged", "dispatched", "on_scene")


class Sent(Struct, frozen=True):
    """The broker took it, with a good reason code."""


class Received(Struct, frozen=True):
    """The platform's receipt names it."""


class Action(Struct, frozen=True, kw_only=True):
    """What a person does about an alert. `actor`: who; `note`: the words that go with it, of `resolve` and `cancel`."""

    verb: str
    actor: str
    responder: str = ""
    eta_min: float | None = None
    outcome: AlertOutcome | None = None
    note: str = ""


Happening = Finding | Clearing | Sent | Received | Action

PASSED: dict[type, Workflow] = {Sent: "sent", Received: "received"}
ACTIONS: dict[str, tuple[Workflow, EventName]] = {
    "acknowledge": ("acknowledged", "acknowledged"),
    "dispatch": ("dispatched", "dispatched"),
    "on_scene": ("on_scene", "on_scene"),
    "resolve": ("resolved", "resolved"),
    "cancel": ("cancelled", "cancelled"),
}


def find(alerts: Iterable[Alert], cause: Finding | Clearing) -> Alert | None:
    """The open alert that this is about: same wearer and kind; of a band also the same band; of the gateway itself, same device
    and fault.

    A test never meets a real alert, and a clearing never a test.
    """
    test = isinstance(cause, Finding) and cause.test
    key = _key(cause)
    return next((alert for alert in alerts if alert.open and alert.test == test and _key(alert) == key), None)


def _key(about: Alert | Finding | Clearing) -> tuple[str, ...]:
    if about.detail == "unregistered_device":  # one for all of them: anybody can invent more
        return (about.kind, about.detail)
    if about.kind == "technical":
        return (about.kind, about.device, about.detail, about.wearer)
    if about.kind in OF_ONE_BAND:
        return (about.kind, about.wearer, about.device)
    return (about.kind, about.wearer)


def open_alert(number: int, finding: Finding, now_ms: int) -> Alert:
    """A new alert: raised now, active since the finding."""
    return Alert(
        number=number,
        kind=finding.kind,
        priority=finding.priority,
        condition="active",
        workflow="raised",
        at_ms=finding.at_ms,
        raised_ms=now_ms,
        rule=finding.rule,
        wearer=finding.wearer,
        room=finding.room,
        device=finding.device,
        readings=_joined((), finding.readings),
        unconfirmed=finding.unconfirmed,
        test=finding.test,
        position=finding.position,
        detail=finding.detail,
        devices=finding.devices,
        reason=finding.reason,
    )


def step(alert: Alert, happened: Happening) -> tuple[Alert, EventName | None]:
    """What becomes of an alert, and the event to tell of it; None when there is nothing to tell. Raises Rejected."""
    match happened:
        case Action():
            return _acted(alert, happened)
        case Finding():
            return _found_again(alert, happened)
        case Clearing():
            return _cleared(alert, happened)
        case Sent() | Received():
            return _advanced(alert, PASSED[type(happened)]), None


def _found_again(alert: Alert, finding: Finding) -> tuple[Alert, EventName | None]:
    """Another reason joins: `escalated` exactly when it is more urgent than before. What came late is no news of now."""
    if alert.workflow in CLOSED:
        return alert, None
    urgent, late = _more_urgent(finding, alert), finding.detail == PAST_EVENT
    after = replace(
        alert,
        condition="active",
        priority=finding.priority if urgent else alert.priority,
        rule=alert.rule if late and not urgent else finding.rule,
        readings=_joined(alert.readings, finding.readings),
        unconfirmed=alert.unconfirmed and finding.unconfirmed if late else finding.unconfirmed,
        position=finding.position or alert.position,
        detail=alert.detail if late else finding.detail,
        device=finding.device if finding.devices else alert.device,
        devices=max(finding.devices, alert.devices),
    )
    if urgent:
        return after, "escalated"
    worth_telling = after != alert or alert.kind in LATCHED or alert.detail in ONCE_MORE
    return after, "updated" if worth_telling else None


def _more_urgent(finding: Finding, alert: Alert) -> bool:
    return PRIORITIES.index(finding.priority) < PRIORITIES.index(alert.priority)


def _joined(before: tuple[Reading, ...], new: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Each reading once; of too many the first and the newest."""
    known = {_mark(reading) for reading in before}
    both = before + tuple(reading for reading in new if _mark(reading) not in known)
    return both if len(both) <= READINGS_KEPT else both[:1] + both[1 - READINGS_KEPT :]


def _mark(reading: Reading) -> tuple[object, ...]:
    if reading.seq:  # two presses may come in the same millisecond
        return (reading.epoch, reading.seq)
    return (reading.device, reading.kind, reading.at_ms, reading.value)


def _cleared(alert: Alert, clearing: Clearing) -> tuple[Alert, EventName | None]:
    """The cause is gone: this closes what is not critical, by `Alert.open`."""
    if alert.workflow in CLOSED or alert.kind in LATCHED or alert.condition == "cleared":
        return alert, None
    detail = clearing.detail if clearing.detail else alert.detail
    return replace(alert, condition="cleared", readings=_joined(alert.readings, clearing.readings), detail=detail), "cleared"


def _acted(alert: Alert, action: Action) -> tuple[Alert, EventName | None]:
    """A person's word. One that others have gone beyond is kept, and there is nothing to tell."""
    if not alert.open:
        raise Rejected("alert is closed")
    workflow, event = ACTIONS[action.verb]
    after = replace(
        _advanced(alert, workflow),
        responder=action.responder or alert.responder,
        eta_min=alert.eta_min if action.eta_min is None else action.eta_min,
        outcome=action.outcome or alert.outcome,
        note=action.note or alert.note,
    )
    if after.workflow == alert.workflow and not _goes_in_place_of_another(alert, action):
        return after, None
    return replace(after, actor=action.actor), event


def _goes_in_place_of_another(alert: Alert, action: Action) -> bool:
    """Who was on the way could not come: nobody knows of the next one yet, though the workflow is there already."""
    ladder = alert.ladder
    return action.verb == "dispatch" and ladder is not None and ladder.withdrawn and not ladder.dispatched


def _advanced(alert: Alert, workflow: Workflow) -> Alert:
    """So far on its way; never back, and never out of a closed state."""
    return replace(alert, workflow=workflow) if _place(workflow) > _place(alert.workflow) else alert


def _place(workflow: Workflow) -> int:
    return len(WORKFLOW) if workflow in CLOSED else WORKFLOW.index(workflow)
