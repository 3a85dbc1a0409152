"""What the uplink joins: whence comes what goes up, and whither goes what comes down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from gateway.alert import AlertEvent, Delivery, Need
from gateway.changes import Changes
from gateway.channels.mqtt.pace import Pace
from gateway.clock import Clock
from gateway.formats.format import Format
from gateway.language import Said
from gateway.router import Router
from gateway.snapshot import Snapshot
from gateway.store.readings import ReadingStore


class AlertOutbox(Protocol):
    """The alert events whose delivery by MQTT is not over. `changes`: something may be due earlier than thought."""

    @property
    def changes(self) -> Changes:
        """To be waited on."""
        ...

    def due(self, now_s: float) -> list[tuple[AlertEvent, Delivery]]:
        """Events to send now. Each is under way until `sent`, `not_sent` or `disconnected`."""
        ...

    def next_due_s(self) -> float | None:
        """When the next event is due (monotonic seconds); None: none waits."""
        ...

    def reconnected(self) -> None:
        """A session stands: everything that waits is due at once, and what comes in is handed over at once."""
        ...

    def disconnected(self) -> None:
        """It is over: nothing is under way any more."""
        ...

    async def handed_over(self, seq: int, late_s: int) -> None:
        """It is about to be sent. On disk when this returns: from now on it says that it is so late."""
        ...

    async def sent(self, seq: int, now_s: float) -> None:
        """The broker took it with a good reason code."""
        ...

    async def not_sent(self, seq: int, now_s: float, why: str | Said) -> None:
        """The broker refused it, or the link was lost: it is tried again."""
        ...


Receive = Callable[[str, str, str], Awaitable[None]]
"""The platform's receipt for an alert or one event of it: name, status, reason. Names that nobody knows change nothing."""


@dataclass(frozen=True, kw_only=True)
class UplinkContext:
    """Given to the lanes whole. `beats` numbers the heartbeats over all sessions."""

    format: Format
    alerts: AlertOutbox
    receipts: Receive
    router: Router
    readings: ReadingStore
    snapshot: Callable[[], Snapshot]
    clock: Clock
    alerts_need: Need
    readings_need: Need
    pace: Pace
    beats: Iterator[int]

    def now_s(self) -> float:
        """The loop's time, from which all waits are counted."""
        return self.clock.monotonic_s()
