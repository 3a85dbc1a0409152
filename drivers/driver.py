"""What a driver is: the values it takes and gives, and the three declarations, one for each way of speaking.

A driver does no I/O and reads no clock: bytes and values in, values out. Three shapes:

- advertisement: `decode(advertisement, key)` gives what one broadcast tells. What makes a hundred frames one press is
  the step in `presses.py`, the same for all, told by the driver's `PressPolicy`;
- connection: a `Conversation`, a generator that yields what it wants of the link and is sent what came of it. When the
  band hangs up, its open wants fail (False, None), what it notified until then is still handed to its `Wait`s, and then
  it is closed;
- serial: a `StreamDecoder`, fed with bytes as they come; where the device must be asked, a `LineConversation` around it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from datetime import datetime
from typing import Literal, Protocol, get_args

from msgspec import Struct, field

from drivers.measurement import Kind, Measurement

Reason = Literal["length", "checksum", "not_mine", "implausible", "encrypted", "replayed", "unsupported"]
REASONS: tuple[Reason, ...] = get_args(Reason)


class Refusal(Struct, frozen=True):
    """A frame, or a part of one, that gives no measurement: the reason out of the closed list, and in words with numbers."""

    reason: Reason
    detail: str = ""
    address: str = ""


class Refused(Exception):
    """Raised inside a decoder to refuse the whole frame."""

    def __init__(self, reason: Reason, detail: str, address: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.refusal = Refusal(reason, detail, address)


OutcomeWord = Literal["done", "sent", "unsupported", "unreachable", "busy", "failed"]


class Outcome(Struct, frozen=True):
    """What came of an order, in one vocabulary from the driver to the wire; `why` says in words why not.

    `done`: the device confirmed it; `sent`: it has the order, and devices of its kind never say whether they obeyed;
    `unsupported`: it cannot; `unreachable`: it, or its hub, is not there or does not answer; `busy`: it does something else;
    `failed`: it tried, and it came to nothing.
    """

    result: OutcomeWord
    why: str = ""


class Advertisement(Struct, frozen=True):
    """A BLE advertisement as it was heard: AD structures in order, as bytes (Core Specification Supplement, part A).

    `address` is as printed, "C0:FF:EE:00:00:01", or empty where it is not known; `rssi` in dBm. `told`: a hub's own words for
    it, where it has some (`decode` shows them in place of the data).
    """

    data: bytes
    address: str = ""
    rssi: int | None = None
    address_type: Literal["public", "random", ""] = ""
    told: Mapping[str, object] | None = None


class Decoded(Struct):
    """What a frame gave: measurements, and refusals of parts of it; `status` is what it tells besides (free names).

    `counter` is the counter of an encrypted frame that was good, for the watch over replays. `status["clock_offset_s"]` of
    a conversation is how far the band's clock was ahead of ours before it was set: what it stamped is wrong by so much.
    `subscription_refused` and `key_refused` there say that the band must be paired again.

    `released` are the presses (and falls) that a frame of an advertisement says are over, each as it would be told if it
    were new: with the `event` or the `age_s` of the last one, or bare where the key is only not pressed, or never was.
    """

    measurements: list[Measurement] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    status: dict[str, object] = field(default_factory=dict)
    counter: int | None = None
    released: list[Measurement] = field(default_factory=list)


# --- advertisements -------------------------------------------------------------------------------------------------


class PressPolicy(Struct, frozen=True):
    """How the next press of a device is told from a repeat of the last one (see `presses.py`).

    `silence_s`: the same press again after so long without a frame that carries it is a new one (0: never).
    `by_age`: a press without a number has an age (`age_s`), and a younger one is a new one.
    `restart_below`: an encryption counter below this, after a higher one, is a new battery and no replay (0: never).
    """

    silence_s: float = 30
    by_age: bool = False
    restart_below: int = 0


class AdvertisementDriver(Struct, frozen=True, kw_only=True):
    """A device that is only heard.

    `services` (16-bit UUIDs of service data) and `companies` (company ids of manufacturer data) are what it is
    recognised by. `decode` raises Refused when nothing in the advertisement was good. `identity_bytes`: the key is no
    secret but an identity, of one of these lengths, by which a press is told; without it no press is heard.
    """

    name: str
    title: str
    measures: tuple[Kind, ...]
    decode: Callable[[Advertisement, bytes | None], Decoded]
    services: tuple[int, ...] = ()
    companies: tuple[int, ...] = ()
    identity_bytes: tuple[int, ...] = ()
    presses: PressPolicy = PressPolicy()
    keys_call_for_help: bool = False


# --- connections ----------------------------------------------------------------------------------------------------


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


class Ask(Struct, frozen=True, kw_only=True):
    """What the gateway wants of a visit.

    `visit`: clock, battery and what comes by itself; `listen`: nothing besides. `clock` is the local wall clock when it
    is asked, as ISO 8601 (an offset may follow). `level` of `vibrate`: 1 "received", 2 "help is on the way", 0 stop.

    `kind` of `measure`, `fetch` and `automatic`: what is wanted; None: everything that the band can. `stream`: measure for
    a while, not once. `minutes` of `automatic`: how often the band shall measure by itself; 0: not at all. `since` of
    `fetch`: the local time from which on stored records are wanted, oldest first; None: all. A band that numbers its slots
    is told `user`, `from_slot` and `slots` instead. `delete`: stored records may be deleted once they are on our disk.
    `key` is the secret of the roster, of `pair` and wherever the band wants it. `learnt` is what the driver told under this
    name in the status of earlier conversations with the same band: a memory that may be gone.

    An Ask that wants something done is answered by a `Report` whose status says what came of it, and in words why not:
    `{"ask": "vibrate", "result": "sent" | "done" | "failed" | "unsupported", "why": "..."}`.
    """

    do: Literal["visit", "measure", "fetch", "vibrate", "find", "text", "automatic", "clock", "pair", "listen"] = "visit"
    clock: str | None = None
    kind: Kind | None = None
    stream: bool = False
    text: str | None = None
    level: int = 1
    minutes: int = 30
    since: str | None = None
    user: int | None = None
    from_slot: int | None = None
    slots: int | None = None
    delete: bool = False
    model: str | None = None
    key: bytes | None = None
    learnt: Mapping[str, object] = {}


class Subscribe(Struct, frozen=True):
    """Wanted: notifications or indications of a characteristic. Answered True, or False when the band would not."""

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


class Report(Struct, frozen=True):
    """Told: measurements and refusals. Answered None at once; they are on the disk when a `Store` after it is answered."""

    decoded: Decoded


class Store(Struct, frozen=True):
    """Wanted: everything reported so far on the disk, so that the band may forget it. Answered True, or False: not now."""


class Wait(Struct, frozen=True):
    """Wanted: the next thing that happens: a Notified, an Ask, or Silence after so many seconds."""

    seconds: float


class Now(Struct, frozen=True):
    """Wanted: the time, as seconds since the conversation began. Answered with a float at once."""


class Notified(Struct, frozen=True):
    """A characteristic sent a value."""

    characteristic: str
    data: bytes


class Silence(Struct, frozen=True):
    """Nothing happened while the conversation waited."""


Want = Subscribe | Read | Write | Report | Store | Wait | Now
Answer = bool | bytes | float | Notified | Silence | Ask | None
Conversation = Generator[Want, Answer, None]


class ConnectionDriver(Struct, frozen=True, kw_only=True):
    """A device that is connected to.

    `services` are the 16-bit or full UUIDs it is recognised by. `converse` begins the conversation of one connection
    (it returns when the visit is over). `decode` reads one value of a characteristic, alone, or a whole frame where one is
    sent in pieces; it is told the local time, from which a date that the frame leaves open is counted; it raises Refused.
    `visit`: what a visit is made of, one ask after the other; each is answered before the next is given.
    `streams`: it speaks as long as the link stands and wants a slot of its own. `on_sight`: it shows itself for seconds
    after a measurement and must be visited then. `silence_s`: a streaming link with no value for so long is given up.
    """

    name: str
    title: str
    measures: tuple[Kind, ...]
    services: tuple[str, ...]
    converse: Callable[[Services, Ask], Conversation]
    decode: Callable[[str, bytes, datetime | None], Decoded]
    visit: tuple[Ask, ...] = (Ask(),)
    streams: bool = False
    on_sight: bool = False
    silence_s: float = 60
    keys_call_for_help: bool = False


# --- serial lines ---------------------------------------------------------------------------------------------------


class Status(Struct, frozen=True):
    """What a serial device tells besides measurements; free names, for the health page and the log."""

    told: Mapping[str, object]
    address: str = ""


class CommandResult(Struct, frozen=True):
    """A hub's answer to a command: the command's id, what came of it, and the code that says so on the line."""

    command: int
    result: Literal["done", "not_in_reach", "cannot", "busy"]
    code: int = 0


Item = Measurement | Refusal | Advertisement | Status | CommandResult


class StreamDecoder(Protocol):
    """Finds the frames in a stream of bytes, whatever pieces it comes in, and finds its way back after noise."""

    def feed(self, data: bytes) -> list[Item]:
        """What became whole with these bytes, in order."""
        ...

    def close(self) -> list[Item]:
        """The stream ends here, or pauses for a second: what is left over is refused, and the next byte begins anew."""
        ...


class Send(Struct, frozen=True):
    """Wanted: bytes written to the line. Answered True, or False when the device does not take them."""

    data: bytes


class Tell(Struct, frozen=True):
    """Told: what became whole on the line, in order. Answered None; it is on the disk when a `Store` after it is answered."""

    items: list[Item]


LineWant = Send | Tell | Store | Wait | Now
LineConversation = Generator[LineWant, Answer, None]  # a `Wait` is answered with the bytes that came, an Ask, or Silence

Signal = Literal["received", "help_on_the_way"]


class SerialDriver(Struct, frozen=True, kw_only=True):
    """A device or a hub at a serial port.

    `decoder` makes a fresh StreamDecoder, which reads what the device says by itself. `converse`: of a device that must be
    asked; its conversation begins, with the local time in its Ask (`listen`), when the port is open, and never ends by
    itself. An Ask that comes later is answered by a `Status`, as one of a connection by its `Report`.
    `repeats_s`: a record with the same number of the same band within so many seconds is a repeat; infinite: the device keeps
    its records and tells them again and again. `many_a_second`: one value a second and kind is kept of what it tells.
    `hub`: it hears others, and every band that it speaks of has an address; else the device itself is docked at the port.
    `signal(command id, address, signal)` gives the bytes that make a band vibrate, where it can.
    """

    name: str
    title: str
    measures: tuple[Kind, ...]
    decoder: Callable[[], StreamDecoder]
    converse: Callable[[Ask], LineConversation] | None = None
    baud: int = 115_200
    repeats_s: float = 0
    many_a_second: bool = False
    hub: bool = False
    signal: Callable[[int, str, Signal], bytes] | None = None
    keys_call_for_help: bool = False


Driver = AdvertisementDriver | ConnectionDriver | SerialDriver
