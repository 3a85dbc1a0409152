"""What is asked of the second path, and what it gives: texts out and their results, answers and delivery reports in."""

from __future__ import annotations

import asyncio
from typing import Literal, Protocol

from msgspec import Struct

from gateway.changes import Changes

SmsOutcome = Literal["sent", "permanent", "temporary", "unknown", "fault"]
ReportOutcome = Literal["delivered", "pending", "failed", "expired", "unknown"]

ModemState = Literal[
    "starting",  # found, or just reset: it is being set up
    "ready",  # registered in a network: it sends
    "searching",  # set up, and looks for a network; sending may be tried
    "lost",  # its port is not there, or it does not answer
    "no_sim",  # no SIM, or one that does not work
    "pin",  # the SIM wants a PIN and there is none, it was wrong, or it wants its PUK
    "no_network",  # found none for 120 s; sending may be tried
    "denied",  # the network does not let this SIM in
    "no_service_centre",  # the SIM knows no number to hand messages to
]


class Unsent(Struct, frozen=True, kw_only=True):
    """What is still to go out of a message: the parts (octets of each in hexadecimal, and its length for the modem)."""

    parts: tuple[tuple[str, int], ...]
    references: tuple[int, ...] = ()  # of the parts that the network has
    tries: int = 0  # that failed for a while
    rejected: bool = False  # once, by the network
    doubt: bool = False  # whether one of the parts may have gone out before


class SmsResult(Struct, frozen=True, kw_only=True):
    """What came of sending.

    `sent`: the network has every part. `permanent`: never to this number, ask the next. `temporary`: not before
    `again_s` have passed; ask others meanwhile. `unknown`: it may have gone out, nobody can say: send again.
    `fault`: the modem sends nothing now, `code` is its state; wait for `changes`.
    `references`: one a part, of the parts that are with the network.
    `unsent` (of temporary, unknown, fault): given back as `go_on`, only what is missing goes out, under the same reference.
    `code`: "CMS 42", "CME 515", "no prompt", "no answer", a state ...; for the log and for `status`.
    """

    outcome: SmsOutcome
    references: tuple[int, ...] = ()
    code: str = ""
    again_s: float = 0
    duplicate_possible: bool = False
    unsent: Unsent | None = None


class IncomingSms(Struct, frozen=True, kw_only=True):
    """A message that came, its parts joined. `at_ms`: by the service centre's clock, UTC; None: it said no time.

    After a kill it may come again: it is deleted in the modem only when `SmsReceiver.incoming` has returned.
    """

    sender: str
    text: str
    at_ms: int | None
    whole: bool = True  # False: parts of it never came


class DeliveryReport(Struct, frozen=True, kw_only=True):
    """The service centre's word about one part. `reports.py` finds the message that it is about."""

    reference: int
    recipient: str
    outcome: ReportOutcome
    status: int  # TP-ST (3GPP TS 23.040, 9.2.3.15)


class SmsReceiver(Protocol):
    """Who takes what comes in. Both may send, and wait as long as they like; the next one comes when they have returned."""

    async def incoming(self, message: IncomingSms) -> None:
        """A message; it is deleted in the modem when this returns."""
        ...

    async def report(self, report: DeliveryReport) -> None:
        """A delivery report. It may come before the result of the sending that it is about."""
        ...


class SmsPath(Protocol):
    """The modem as those see it that send. `tried` is set once it is known how it is."""

    tried: asyncio.Event
    changes: Changes

    @property
    def state(self) -> ModemState:
        """How it is now."""
        ...

    @property
    def why(self) -> str:
        """More of its state in a few fixed words: "absent", "in use", "wrong PIN"; "" where there is no more."""
        ...

    @property
    def signal(self) -> int | None:
        """0 to 31 (-113 + 2n dBm), None: not known."""
        ...

    @property
    def registered(self) -> bool:
        """Whether it is in a network that takes SMS."""
        ...

    @property
    def reports_come(self) -> bool:
        """Whether this modem can hand on delivery reports."""
        ...

    @property
    def faults(self) -> list[str]:
        """What is wrong with it, for the heartbeat and for technical alerts; nothing when all is well."""
        ...

    def deliver_to(self, receiver: SmsReceiver) -> None:
        """Hand over what comes in; before that it waits in the modem."""
        ...

    async def send(self, number: str, text: str, *, go_on: Unsent | None = None) -> SmsResult:
        """Send a text, one at a time, those who ask first first. Returns in any case, at the latest after some minutes."""
        ...
