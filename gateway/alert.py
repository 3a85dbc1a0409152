"""An alert: what is known, what is stored and what is sent of one call for help, and the words its life is told in."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from drivers.measurement import Position
from gateway.readings import Reading

AlertKind = Literal[
    "sos",
    "fall",
    "heart_rate",
    "blood_pressure",
    "body_temperature",
    "oxygen_saturation",
    "off_wrist",
    "silent",
    "battery",
    "geofence",
    "technical",
]
Priority = Literal["critical", "warning", "advisory"]
Condition = Literal["pending", "active", "cleared"]
Workflow = Literal[
    "raised", "stored", "sent", "received", "acknowledged", "dispatched", "on_scene", "resolved", "cancelled", "false_alarm"
]
EventName = Literal["raised", "updated", "escalated", "cleared", "acknowledged", "dispatched", "resolved", "cancelled"]

CLOSED: frozenset[str] = frozenset({"resolved", "cancelled", "false_alarm"})
PRIORITIES: tuple[Priority, ...] = ("critical", "warning", "advisory")  # the most urgent first

# What a Finding's or a Clearing's `detail` says of a measurement.
PAST_EVENT = "past_event"  # found in readings that came late: it is no call of now
COULD_NOT_CONFIRM = "could_not_confirm"  # no second measurement came in time
NOT_CONFIRMED = "not_confirmed"  # the second measurement was normal


class RuleRef(Struct, frozen=True):
    """The rule that raised it: its id, the version of the table, and the limit that was crossed (in the kind's unit)."""

    id: str
    table: str
    limit: float | None = None


class LastPosition(Struct, frozen=True):
    """Where the wearer was last known to be, and when that was."""

    place: Position
    at_ms: int


class Finding(Struct, frozen=True, kw_only=True):
    """What asks for an alert: a press, a fall, a rule that fired, or a fault of the gateway itself.

    One open alert stands for all findings of one kind about one wearer (a technical one: about one device and fault).
    `detail` tells a technical alert's fault in a short fixed word.
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


class Clearing(Struct, frozen=True, kw_only=True):
    """The cause of an alert is gone: no rule of this kind holds for this wearer any more (technical: this fault is over)."""

    kind: AlertKind
    at_ms: int
    wearer: str = ""
    device: str = ""
    detail: str = ""
    readings: tuple[Reading, ...] = ()


class Alert(Struct, frozen=True, kw_only=True):
    """The state of one alert. Its id is `<gateway>/<epoch>/A<number>`; the epoch is that of the store it was raised in.

    Condition and workflow are independent: "the value is normal again" never hides "nobody came". `band` is what the
    wearer was told by the wristband, and whether it did show it: signal -> result.
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
    actor: str = ""
    band: dict[str, str] = {}

    @property
    def open(self) -> bool:
        """Whether it still needs somebody: a critical one until a person closes it, others until their cause is gone."""
        return self.workflow not in CLOSED and (self.condition != "cleared" or self.priority == "critical")


class AlertEvent(Struct, kw_only=True):
    """One event in an alert's life as it is stored and sent: `body` is the message, the same bytes each time.

    `sent`: the broker took it once with a good reason code. `done`: its delivery is over (receipt, or PUBACK where the
    technician chose that). `fresh`: it was never handed to a broker, so its lateness may still be written into it.
    """

    alert: int
    seq: int
    event: EventName
    priority: Priority
    at_ms: int
    body: bytes
    sent: bool = False
    done: bool = False
    fresh: bool = True
