"""A conversation with one device: what a driver wants of the link, what it reports, and what happens to it.

A conversation is a generator. It yields wants and reports, and is sent the answer to each. The same for all links: only
`Subscribe`, `Read` and `Write` need a Bluetooth link, and `Send` a serial line.

When the link is gone, what came until then is still handed to its `Wait`s, while what it wants of the device fails (False,
None). Then the next `Wait` is answered by `Silence`, what the conversation reports at that is taken, and it is closed.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from drivers.decoded import Decoded, Item
from drivers.orders import Order, Outcome


class Context(Struct, frozen=True, kw_only=True):
    """What a conversation is told at its beginning, once for each connection.

    `model` and `key` (a secret) are those of the roster. `learnt` is what this driver has reported as `Learnt` so
    far, in earlier conversations with the same device too: a memory that may be gone. `stays`: the link is to last, for a key
    that is heard in no other way: a driver that `stays` goes on listening until it is lost, and does the orders of each visit.
    """

    model: str | None = None
    key: bytes | None = None
    learnt: Mapping[str, object] = {}
    stays: bool = False


class Services(Struct, frozen=True):
    """What a connected band offers: service UUID -> characteristic UUID -> properties ("read", "write", "notify", ...).

    UUIDs are full, in lower case.
    """

    offered: Mapping[str, Mapping[str, frozenset[str]]]

    def find(self, characteristic: str, service: str | None = None) -> frozenset[str] | None:
        """The properties of a characteristic, in any service or in this one; None where the band has it not."""
        for uuid, characteristics in self.offered.items():
            if characteristic in characteristics and service in (None, uuid):
                return characteristics[characteristic]
        return None


# --- wanted of a Bluetooth link -------------------------------------------------------------------------------------


class Subscribe(Struct, frozen=True):
    """Wanted: notifications or indications of a characteristic. Answered True, or False when the band would not.

    It may take half a minute: a band that wants to be bonded is bonded in this step. One that refuses this, a `Read` or a
    `Write` for want of a bond is nothing that a driver reports: the gateway sees that by itself.
    """

    characteristic: str
    service: str | None = None
    how: Literal["notify", "indicate"] = "notify"


class Read(Struct, frozen=True):
    """Wanted: the value of a characteristic. Answered with the bytes, or None when the band would not give it."""

    characteristic: str
    service: str | None = None
    limit_s: float = 5


class Write(Struct, frozen=True):
    """Wanted: a value written. Answered True, or False when the band would not take it."""

    characteristic: str
    data: bytes
    service: str | None = None
    response: bool = True


# --- wanted of a serial line ----------------------------------------------------------------------------------------


class Send(Struct, frozen=True):
    """Wanted: bytes written to the line. Answered True, or False when the device does not take them."""

    data: bytes


# --- wanted of the gateway ------------------------------------------------------------------------------------------


class Wait(Struct, frozen=True):
    """Wanted: the next thing that happens. Answered by an event; by Silence after so many seconds."""

    seconds: float


class Now(Struct, frozen=True):
    """Wanted: the time, as seconds since the conversation began. Answered with a float at once."""


class LocalTime(Struct, frozen=True):
    """Wanted: the local wall clock. Answered with a datetime, with its zone, at once; None where nobody knows it."""


class Store(Struct, frozen=True):
    """Wanted: everything reported so far on the disk, so that the device may forget it. Answered True, or False: not now.

    `calls_only`: what calls for help is enough; where the disk refuses that, it is on its way to people without.
    """

    calls_only: bool = False


# --- reported, and answered None at once ----------------------------------------------------------------------------


class Report(Struct, frozen=True):
    """What a value of a characteristic gave; it is on the disk when a `Store` after it is answered."""

    decoded: Decoded


class ReportItems(Struct, frozen=True):
    """What became whole on a serial line, in order; it is on the disk when a `Store` after it is answered."""

    items: list[Item]


class Answered(Struct, frozen=True):
    """What came of an order. Each but `Listen` is answered once, with the very order that was given."""

    order: Order
    outcome: Outcome


class Learnt(Struct, frozen=True):
    """What the driver wants to find in the `Context` of the next conversation with this device; it adds to what is there."""

    facts: Mapping[str, object]


class ClockAhead(Struct, frozen=True):
    """How far the device's clock was ahead of ours before it was set: what it stamped is wrong by so much."""

    seconds: float


class PairAgain(Struct, frozen=True):
    """The device refuses the key of the roster: `Pair` is ordered first at the next visit; a person may have to help."""

    why: str


# --- events ---------------------------------------------------------------------------------------------------------


class Notified(Struct, frozen=True):
    """A characteristic sent a value."""

    characteristic: str
    data: bytes


class BytesReceived(Struct, frozen=True):
    """Bytes came on the line."""

    data: bytes


class Silence(Struct, frozen=True):
    """Nothing happened while the conversation waited."""


Event = Notified | BytesReceived | Order | Silence
ReportWant = Report | ReportItems | Answered | Learnt | ClockAhead | PairAgain
Want = Subscribe | Read | Write | Send | Wait | Now | LocalTime | Store | ReportWant
Answer = Event | bool | bytes | float | datetime | None
Conversation = Generator[Want, Answer, None]
