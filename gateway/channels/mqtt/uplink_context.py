"""What the uplink joins: whence comes what goes up, and whither goes what comes down."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from gateway.alert import AlertEvent, Delivery, Need
from gateway.changes import Changes
from gateway.channels.mqtt.awaited_receipts import Awaited
from gateway.channels.mqtt.pace import ORDINARY, BacklogStart, Pace
from gateway.clock import Clock
from gateway.formats.format import Format
from gateway.readings import Reading
from gateway.router import Router
from gateway.snapshot import Snapshot
from gateway.store.readings import ReadingStore


class AlertOutbox(Protocol):
    """The alert events whose delivery by MQTT is not over. `changes`: something may be due earlier than thought."""

    @property
    def changes(self) -> Changes:
        """To be waited on."""

    @property
    def any_open(self) -> bool:
        """Whether an alert needs somebody. Asked at each change, before what has changed is sent."""
        ...

    def take(self, now_s: float, *, again: bool) -> tuple[AlertEvent, Delivery] | None:
        """An event to send now, for the first time or `again`. It is under way until `sent`, `not_sent` or `disconnected`."""

    def next_due_s(self, *, again: bool) -> float | None:
        """When the next first sending, or repeat, is due (monotonic seconds); None: none waits."""

    @property
    def platform_answered(self) -> bool:
        """Whether the platform has said anything of an alert since the start."""
        ...

    def silent(self, now_s: float) -> bool:
        """Whether the platform does not answer."""

    def reconnected(self) -> None:
        """A session stands: everything that waits is due at once, and what comes in is handed over at once."""

    def disconnected(self) -> None:
        """It is over: nothing is under way any more."""

    async def handed_over(self, seq: int) -> int:
        """It is about to be sent: how late (s), as it says from now on. On disk when this returns."""

    async def sent(self, seq: int, now_s: float) -> None:
        """The broker took it with a good reason code."""

    def not_sent(self, seq: int, now_s: float, why: str, *, breaks_link: bool = False) -> None:
        """The broker refused it, in words or by hanging up: it is tried again."""


Receive = Callable[[str, str, str], Awaitable[None]]
"""The platform's receipt for an alert or one event of it: name, status, reason. Names that nobody knows change nothing."""


@dataclass(frozen=True, kw_only=True)
class UplinkContext:
    """Given to the lanes whole. `beats` numbers the heartbeats over all sessions. `awaited`: None where the broker's word ends
    the delivery of readings. `last_readings`: of each wearer and kind. `snapshot_asked`: by somebody of this machine.
    """

    format: Format
    alerts: AlertOutbox
    receipts: Receive
    router: Router
    readings: ReadingStore
    snapshot: Callable[[], Snapshot]
    clock: Clock
    alerts_need: Need = "receipt"
    awaited: Awaited | None = None
    last_readings: Callable[[], Iterable[Reading]] = tuple
    pace: Pace = ORDINARY
    beats: Iterator[int] = field(default_factory=lambda: count(1))
    snapshot_asked: Changes = field(default_factory=Changes)
    backlog_start: BacklogStart = field(default_factory=BacklogStart)

    def now_s(self) -> float:
        """The loop's time, from which all waits are counted."""
        return self.clock.monotonic_s()

    def backlog_start_s(self) -> float:
        """How long history waits in a new session, where the machine has only just got power: so has the whole district."""
        return self.backlog_start.wait_s(self.now_s(), self.chance)

    @property
    def chance(self) -> float:
        """0 to 1: this gateway's, for this boot."""
        return random.Random(f"{self.snapshot().gateway} {self.clock.boot}").random()  # noqa: S311 (no secret)
