"""The reference consumer: what a platform has to do with the messages of the contract, and what it may hold against them.

It keeps one of each id however often it comes, and names as a fault what must never be: an id with two contents, an account
that does not add up, an empty name, a reply without its verb, a message that is too long. Pure: a message and the time in, the
ids that ask for a receipt out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

MESSAGE_BYTES = 60_000  # the contract's bound for a batch
TOPIC_CHARACTERS = 64  # several clouds take no longer ones

Message = dict[str, Any]


class _Batch(msgspec.Struct):
    readings: list[msgspec.Raw]


class _Named(msgspec.Struct):
    id: str


class Arrival(NamedTuple):
    """That something came: when (seconds of the caller's clock), and which id; an alert's event is `id#seq`."""

    at_s: float
    id: str


_batch = msgspec.json.Decoder(_Batch).decode
_named = msgspec.json.Decoder(_Named).decode


class Consumer:
    """Everything that came from any number of gateways.

    `events` are alert events by `id#seq`, in the order in which they first came; `arrivals` has each coming, copies too.
    """

    def __init__(self) -> None:
        self.events: dict[str, Message] = {}
        self.heartbeats: list[Message] = []
        self.statuses: list[Message] = []
        self.snapshots: list[Message] = []
        self.gaps: list[Message] = []
        self.replies: dict[str, list[Message]] = {}
        self.arrivals: list[Arrival] = []
        self.copies = 0
        self.faults: list[str] = []
        self._readings: dict[str, bytes] = {}
        self._shown: dict[str, Message] = {}  # readings in alerts

    def __len__(self) -> int:
        """How many readings there are, each id once."""
        return len(self._readings)

    def __contains__(self, reading: str) -> bool:
        return reading in self._readings

    def readings(self) -> Iterator[Message]:
        """Each reading once, in the order in which they first came."""
        return map(msgspec.json.decode, self._readings.values())

    def reading(self, id_: str) -> Message:
        """The reading of this id. Raises KeyError."""
        return dict(msgspec.json.decode(self._readings[id_]))

    def take(self, topic: str, payload: bytes, at_s: float) -> list[str]:
        """Take a message in. Returns the ids in it that a platform gives receipts for."""
        if len(payload) > MESSAGE_BYTES or len(topic) > TOPIC_CHARACTERS:
            self.faults.append(f"{topic}: {len(payload)} bytes under a topic of {len(topic)} characters")
        try:
            return self._sort(topic.rpartition("/")[2], payload, at_s)
        except (msgspec.DecodeError, KeyError, TypeError) as error:
            self.faults.append(f"{topic}: not a message of the contract: {error!r}")
            return []

    def _sort(self, what: str, payload: bytes, at_s: float) -> list[str]:
        if what == "readings":
            return [self._reading(bytes(raw), at_s) for raw in _batch(payload).readings]
        message: Message = msgspec.json.decode(payload)
        match what:
            case "alerts":
                return [self._event(message, at_s)]
            case "heartbeat":
                self._check_account(message)
                self.heartbeats.append(message)
            case "status":
                self.statuses.append(message)
            case "snapshot":
                for alert in message["open"]:
                    self._check_names(alert["id"], alert)
                self.snapshots.append(message)
            case "gaps":
                self.gaps += message["gaps"]
            case "replies":
                self._check_reply(message)
                self.replies.setdefault(message["id"], []).append(message)
            case _:
                self.faults.append(f"a message under {what}, which the contract does not know")
        return []

    def _reading(self, body: bytes, at_s: float) -> str:
        id_ = _named(body).id
        known = self._readings.setdefault(id_, body)
        if known is not body:
            self._again(id_, msgspec.json.decode(known), msgspec.json.decode(body))
        elif id_ in self._shown:
            self._compare(id_, self._shown[id_], msgspec.json.decode(body))
        self.arrivals.append(Arrival(at_s, id_))
        return id_

    def _event(self, event: Message, at_s: float) -> str:
        key = f"{event['id']}#{event['seq']}"
        known = self.events.setdefault(key, event)
        if known is not event:
            self._again(key, known, event)
        self._check_names(key, event)
        for reading in event["readings"]:
            self._show(reading)
        self.arrivals.append(Arrival(at_s, key))
        return key

    def _show(self, reading: Message) -> None:
        """A reading in an alert has the contents that it has in its batch, whichever comes first."""
        id_ = reading["id"]
        self._compare(id_, self._shown.setdefault(id_, reading), reading)
        if id_ in self._readings:
            self._compare(id_, msgspec.json.decode(self._readings[id_]), reading)

    def _again(self, id_: str, known: Message, message: Message) -> None:
        self.copies += 1
        self._compare(id_, known, message)

    def _compare(self, id_: str, known: Message, message: Message) -> None:
        if known != message:
            self.faults.append(f"{id_} has two contents")

    def _check_names(self, key: str, message: Message) -> None:
        """A wearer, room, device or actor that there is none of is null or absent."""
        empty = [name for name in ("wearer", "room", "device", "actor") if message.get(name) == ""]
        if empty:
            self.faults.append(f"{key}: {', '.join(empty)} is an empty text")

    def _check_reply(self, reply: Message) -> None:
        if not reply["verb"] and reply.get("reason") != "unreadable":
            self.faults.append(f"the reply to {reply['id']} does not say its verb")

    def _check_account(self, heartbeat: Message) -> None:
        counts = heartbeat["counts"]
        rejected = sum(counts["rejected"].values())
        if counts["received"] != counts["stored"] + rejected:
            self.faults.append(f"received is not stored + rejected: {counts}")
        if counts["stored"] != counts["delivered"] + counts["pending"] + counts["evicted"]:
            self.faults.append(f"stored is not delivered + pending + evicted: {counts}")
