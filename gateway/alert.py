"""An alert: what is known, what is stored and what is sent of one call for help, and the words its life is told in."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from drivers.measurement import Position
from gateway.moment import Moment
from gateway.readings import Reading

AlertKind = Literal[
    "sos",
    "fall",
    "heart_rate",
    "blood_pressure",
    "body_temperature",
    "oxygen_saturation",
    "respiratory_rate",
    "several_signs",
    "trend",
    "no_usable_value",
    "irregular_pulse",
    "off_wrist",
    "silent",
    "battery",
    "geofence",
    "technical",
]
Priority = Literal["critical", "warning", "advisory"]
Condition = Literal["active", "cleared"]
Workflow = Literal["raised", "sent", "received", "acknowledged", "dispatched", "on_scene", "resolved", "cancelled"]
EventName = Literal[
    "raised", "updated", "escalated", "cleared", "acknowledged", "dispatched", "on_scene", "resolved", "cancelled"
]
AlertOutcome = Literal["helped", "false_alarm", "drill", "other"]
Channel = Literal["mqtt", "sms", "local"]
DeliveryState = Literal["waiting", "sent", "held", "rejected", "done"]
Receipt = Literal["none", "ok", "rejected"]
AskResult = Literal["", "sent", "delivered", "failed"]
AskAnswer = Literal["", "going", "cannot"]
RoundEnd = Literal["", "all_asked", "stopped"]
Need = Literal["receipt", "puback"]  # what ends a delivery: the platform's receipt, or the channel's own word

CLOSED: frozenset[str] = frozenset({"resolved", "cancelled"})
PRIORITIES: tuple[Priority, ...] = ("critical", "warning", "advisory")  # the most urgent first

# What a Finding's or a Clearing's `detail` says of a measurement.
PAST_EVENT = "past_event"  # found in readings that came late: it is no call of now
COULD_NOT_CONFIRM = "could_not_confirm"  # no second measurement came in time
NOT_CONFIRMED = "not_confirmed"  # the second measurement was normal
SENSOR_UNVALIDATED = "sensor_unvalidated"  # of a cuffless or a wrist sensor: never critical by itself


class RuleRef(Struct, frozen=True):
    """The rule that raised it: its id, the version of the table, and the limit that was crossed (in the kind's unit)."""

    id: str
    table: str
    limit: float | None = None


class LastPosition(Struct, frozen=True):
    """Where the wearer was last known to be, and when that was."""

    place: Position
    at_ms: int


class Responder(Struct, frozen=True):
    """A volunteer on duty who is near: the pseudonym, and how far away (m). They are named, not asked."""

    name: str
    distance_m: Annotated[int, Meta(ge=0)]


class Asked(Struct, frozen=True, kw_only=True):
    """A person on duty who is asked by the second path, and what came of it.

    `phone`: the name in the duty list. `since`: when the step was due and taken; `at_ms`: the same by the wall clock. `n`: its
    number among all of this alert. `round`: which round of asking it belongs to, begun in this `run` of the ladder, when it
    had called for so many `rounds`. `result`: of the message; "": not known yet. `answer`: of the person. `out_at`: the last
    `n` there was when it was known that this one does not come; 0: it is not known. `over`: the round ended after this one.
    """

    phone: str
    since: Moment
    at_ms: int
    n: int = 1
    round: int = 1
    run: int = 1
    rounds: int = 0
    result: AskResult = ""
    answer: AskAnswer = ""
    out_at: int = 0
    over: RoundEnd = ""


class Finding(Struct, frozen=True, kw_only=True):
    """What asks for an alert: a press, a fall, a rule that fired, or a fault of the gateway itself.

    One open alert stands for all findings of one kind about one wearer (a technical one: about one device and fault).
    `detail` tells a technical alert's fault in a short fixed word, `reason` why in somebody else's words; `devices`: how many
    have it, where it stands for many.
    """

    kind: AlertKind
    priority: Priority
    at_ms: int
    rule: RuleRef
    wearer: str = ""
    room: str = ""
    device: str = ""
    readings: tuple[Reading, ...] = ()
    unconfirmed: bool = False
    test: bool = False
    position: LastPosition | None = None
    detail: str = ""
    devices: int = 0
    reason: str = ""


class Clearing(Struct, frozen=True, kw_only=True):
    """The cause of an alert is gone: no rule of this kind holds for this wearer any more (technical: this fault is over)."""

    kind: AlertKind
    at_ms: int
    wearer: str = ""
    device: str = ""
    detail: str = ""
    readings: tuple[Reading, ...] = ()


class Ladder(Struct, frozen=True, kw_only=True):
    """What the ladder of an alert is counted from (docs/platform.md).

    `run`: how often it began, and `since`: when it did so last. `from_level`: the level then, or when a person
    acknowledged last. `receipt`: the platform's last word on an event of this run. `acknowledged`, `dispatched`: what people
    did in it. `rounds`: how many rounds of asking were called for after the first. `withdrawn`: it began because who was on the
    way cannot come, so that no receipt keeps the second path shut.
    """

    since: Moment
    run: int = 1
    from_level: int = 0
    receipt: Receipt = "none"
    acknowledged: Moment | None = None
    dispatched: bool = False
    rounds: int = 0
    withdrawn: bool = False

    @property
    def answered(self) -> bool:
        """Whether a person did something in this run."""
        return self.acknowledged is not None or self.dispatched


class Reminders(Struct, frozen=True):
    """Since when a person has known of it, and how often they were reminded that it still holds."""

    since: Moment
    n: int = 0


class FurtherCalls(Struct, frozen=True):
    """Presses and falls after the first: how many events told of them, when the last did; whether some are untold."""

    n: int
    told: Moment
    untold: bool = False


class Alert(Struct, frozen=True, kw_only=True):
    """The state of one alert. Its id is `<gateway>/<epoch>/A<number>`; the epoch is that of the store it was raised in.

    Condition and workflow are independent: "the value is normal again" never hides "nobody came". `seq`: of its last event.
    `level`: how often nobody had answered in time. `received_ms`: when the platform's first receipt came; `rejected`: when it
    refused the alert last, and has not taken it since. `actor`: who said the last word; `outcome`, `note`: what the person
    said who closed it. `band` is what came of telling the wearer by the wristband: signal -> result. `asked`: who was asked by
    the second path, in order.
    """

    number: int
    epoch: int = 0
    kind: AlertKind
    priority: Priority
    condition: Condition
    workflow: Workflow
    at_ms: int
    raised_ms: int
    rule: RuleRef
    wearer: str = ""
    room: str = ""
    device: str = ""
    readings: tuple[Reading, ...] = ()
    unconfirmed: bool = False
    test: bool = False
    position: LastPosition | None = None
    detail: str = ""
    devices: int = 0
    reason: str = ""
    seq: int = 0
    level: int = 0
    ladder: Ladder | None = None
    calls: FurtherCalls | None = None
    reminders: Reminders | None = None
    received_ms: int | None = None
    rejected: Moment | None = None
    actor: str = ""
    responder: str = ""
    eta_min: float | None = None
    outcome: AlertOutcome | None = None
    note: str = ""
    band: dict[str, str] = {}
    responders: tuple[Responder, ...] = ()
    asked: tuple[Asked, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it still needs somebody: a critical one until a person closes it, others until their cause is gone."""
        return self.workflow not in CLOSED and (self.condition != "cleared" or self.priority == "critical")


def alert_id(gateway: str, alert: Alert) -> str:
    """`<gateway>/<epoch>/A<number>`: what everybody outside calls it."""
    return f"{gateway}/{alert.epoch}/A{alert.number}"


class AlertEvent(Struct, frozen=True, kw_only=True):
    """One event in an alert's life, the same for ever: `alert` is its state after it, `at_ms` when it happened (wall clock).

    `text` is for people, in the language of that moment. `reminder`: it says nothing new, but that nobody is on the way yet.
    """

    alert: Alert
    event: EventName
    seq: int
    at_ms: int
    text: str
    reminder: bool = False


LATE_S = 60
CLOCK_WAS_SET_S = 30 * 86_400  # what seems later than this was raised by a clock that knew no date


def lateness_s(event_ms: int, now_ms: int) -> int:
    """How late an event is told that is handed over now (wall clock), where that is late."""
    late_s = (now_ms - event_ms) // 1000
    return late_s if LATE_S < late_s < CLOCK_WAS_SET_S else 0


class AuditEntry(Struct, frozen=True, kw_only=True):
    """What a person did that is no event of an alert, for the audit: nobody is told of it. The same for ever.

    `deed`: the verb; `number`, `epoch`: of the alert that it is about (0: none). `note`: the words that go with it.
    """

    deed: str
    seq: int
    at_ms: int
    actor: str
    number: int = 0
    epoch: int = 0
    wearer: str = ""
    kinds: tuple[AlertKind, ...] = ()
    until_ms: int | None = None
    note: str = ""


class Delivery(Struct, frozen=True, kw_only=True):
    """How far an event has come on one way to people. `late_s`: how late it is handed over first; None: that is not known yet.

    `waiting`: to be handed over; `sent`: the other side took it, a receipt is awaited; `held`, `rejected`: that was the
    receipt; `done`: nothing more is to be done. `tries`: how often it was handed over.
    """

    event: int
    channel: Channel
    state: DeliveryState = "waiting"
    tries: int = 0
    late_s: int | None = None
