"""What a driver is: three declarations, one for each way of speaking. This file names the whole interface, version 1.0.

A driver does no I/O and reads no clock: bytes and values in, values out. Three shapes:

- advertisement: `decode(advertisement, key)` gives what one broadcast tells. What makes a hundred frames one press is
  the step in `presses.py`, the same for all, told by the driver's `PressPolicy`;
- connection: a `Conversation` for each connection with the band (see `conversation.py`);
- serial: a `StreamDecoder`, fed with bytes as they come; where the device must be asked, a `Conversation` around it. A
  watch that calls over TCP is the same with a way back: a `WatchStream` for each connection.

`title` says what the device is, `title_zh` the same in Chinese; "": whoever reads Chinese sees `title`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from msgspec import Struct

from drivers.conversation import (
    Answer,
    Answered,
    BytesReceived,
    ClockAhead,
    Context,
    Conversation,
    Event,
    Learnt,
    LocalTime,
    Notified,
    Now,
    PairAgain,
    Read,
    Report,
    ReportItems,
    ReportWant,
    Send,
    Services,
    Silence,
    Store,
    Subscribe,
    Wait,
    Want,
    Write,
)
from drivers.decoded import (
    REASONS,
    Advertisement,
    CommandResult,
    Decoded,
    Item,
    Reason,
    Refusal,
    Refused,
    Status,
    WriteBack,
)
from drivers.measurement import Kind
from drivers.orders import (
    Automatic,
    Fetch,
    Find,
    Listen,
    Measure,
    Order,
    Outcome,
    OutcomeWord,
    Pair,
    SetClock,
    ShowText,
    Vibrate,
    Visit,
)

__all__ = [
    "REASONS",
    "Advertisement",
    "AdvertisementDriver",
    "Answer",
    "Answered",
    "Automatic",
    "BytesReceived",
    "ClockAhead",
    "CommandResult",
    "ConnectionDriver",
    "Context",
    "Conversation",
    "Decoded",
    "Driver",
    "Event",
    "Fetch",
    "Find",
    "Item",
    "Learnt",
    "Listen",
    "LocalTime",
    "Measure",
    "Notified",
    "Now",
    "Order",
    "Outcome",
    "OutcomeWord",
    "Pair",
    "PairAgain",
    "PressPolicy",
    "Read",
    "Reason",
    "Refusal",
    "Refused",
    "Report",
    "ReportItems",
    "ReportWant",
    "Send",
    "SensorTraits",
    "SerialDriver",
    "Services",
    "SetClock",
    "ShowText",
    "Signal",
    "Silence",
    "Site",
    "Status",
    "Store",
    "StreamDecoder",
    "Subscribe",
    "Vibrate",
    "Visit",
    "Wait",
    "Want",
    "WatchDriver",
    "WatchStream",
    "Write",
    "WriteBack",
]

Site = Literal["wrist", "finger", "arm", ""]


class SensorTraits(Struct, frozen=True, kw_only=True):
    """What of a device the rules must know to judge what it measures.

    `cuff`: its pressure comes from a cuff; False: it is estimated without one; None: it measures none. `site`: where it
    measures oxygen and pulse; "": neither at the wrist nor at the finger, or not known. `worn`: it is worn all day, so that its
    silence says something; False: it lies at home or in the hall until somebody uses it.
    """

    cuff: bool | None = None
    site: Site = ""
    worn: bool = False


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
    `sealed_by_key`: with its key enrolled only frames count that carry a check of that key: nobody else can imitate it.
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
    sensor: SensorTraits = SensorTraits()
    sealed_by_key: bool = False
    title_zh: str = ""


# --- connections ----------------------------------------------------------------------------------------------------


class ConnectionDriver(Struct, frozen=True, kw_only=True):
    """A device that is connected to.

    `services` are the 16-bit or full UUIDs it is recognised by. `converse` begins the conversation of one connection; the
    first order is given at once, others come as events; it ends when there is no more to do or to hear. `decode` reads one
    value of a characteristic, alone, or a whole frame where one is sent in pieces; it is told the local time, from which a
    date that the frame leaves open is counted; it raises Refused.
    `visit`: the orders that a visit is made of, one after the other; each is answered before the next is given.
    `streams`: it speaks as long as the link stands and wants a slot of its own. `on_sight`: it shows itself for seconds
    after a measurement and must be visited then. `silence_s`: a streaming link with no value for so long is given up.
    `stays`: where the band has a connection of its own (`Context.stays`) it goes on listening until that is lost.
    """

    name: str
    title: str
    measures: tuple[Kind, ...]
    services: tuple[str, ...]
    converse: Callable[[Services, Context, Order], Conversation]
    decode: Callable[[str, bytes, datetime | None], Decoded]
    visit: tuple[Order, ...] = (Visit(),)
    streams: bool = False
    on_sight: bool = False
    silence_s: float = 60
    keys_call_for_help: bool = False
    sensor: SensorTraits = SensorTraits()
    title_zh: str = ""
    stays: bool = False


# --- serial lines ---------------------------------------------------------------------------------------------------


class StreamDecoder(Protocol):
    """Finds the frames in a stream of bytes, whatever pieces it comes in, and finds its way back after noise."""

    def feed(self, data: bytes) -> list[Item]:
        """What became whole with these bytes, in order."""
        ...

    def close(self) -> list[Item]:
        """The stream ends here, or pauses for a second: what is left over is refused, and the next byte begins anew."""
        ...


Signal = Literal["received", "help_on_the_way"]


class SerialDriver(Struct, frozen=True, kw_only=True):
    """A device or a hub at a serial port.

    `decoder` makes a fresh StreamDecoder, which reads what the device says by itself. `converse`: of a device that must be
    asked; its conversation begins when the port is open, and never ends by itself. Orders come as events.
    `repeats_s`: a record with the same number of the same band within so many seconds is a repeat; infinite: the device keeps
    its records and tells them again and again. `many_a_second`: one value a second and kind is kept of what it tells.
    `hub`: it hears others, and every band that it speaks of has an address; else the device itself is docked at the port.
    `signal(command id, address, signal)` gives the bytes that make a band vibrate, where it can; `order` those by which a band
    behind a hub does something else, nothing where it cannot.
    """

    name: str
    title: str
    measures: tuple[Kind, ...]
    decoder: Callable[[], StreamDecoder]
    converse: Callable[[Context], Conversation] | None = None
    baud: int = 115_200
    repeats_s: float = 0
    many_a_second: bool = False
    hub: bool = False
    signal: Callable[[int, str, Signal], bytes] | None = None
    keys_call_for_help: bool = False
    order: Callable[[int, str, Order], bytes] | None = None
    sensor: SensorTraits = SensorTraits()
    title_zh: str = ""


# --- watches that call ----------------------------------------------------------------------------------------------


@runtime_checkable
class WatchStream(StreamDecoder, Protocol):
    """A connection with one watch: what must be written back comes among the items, as `WriteBack`."""

    def order(self, command: int, order: Order) -> bytes:
        """The bytes that make the watch do this, which comes back as `CommandResult`; nothing where it cannot."""
        ...


class WatchDriver(SerialDriver, frozen=True, kw_only=True):
    """A device that connects to the gateway over TCP, as a hub's line with one device whose address is its id, in digits."""

    decoder: Callable[[], WatchStream]
    presses: PressPolicy = PressPolicy()


Driver = AdvertisementDriver | ConnectionDriver | SerialDriver
