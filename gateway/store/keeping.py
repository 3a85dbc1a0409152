"""What the gateway asks of its two stores, and what is kept in one go; a disk keeps it, or the memory of a replay. Pure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from gateway.alert import Alert, AlertEvent, AuditEntry, Delivery
from gateway.commands import AnsweredCommand
from gateway.readings import Reading

if TYPE_CHECKING:
    from gateway.changes import Changes


class Transaction(Struct, frozen=True, kw_only=True):
    """What is stored together or not at all, over what was there before. Events are new: they are never changed.

    `referenced`: readings that an alert names and that are not on the disk yet. `memories`: of presses and records, by name.
    `deeds`: they stand in the chain of the events, and nobody is told of them.
    """

    alerts: Sequence[Alert] = ()
    events: Sequence[AlertEvent] = ()
    deliveries: Sequence[Delivery] = ()
    referenced: Sequence[Reading] = ()
    memories: Mapping[str, bytes] = {}
    replies: Sequence[AnsweredCommand] = ()
    deeds: Sequence[AuditEntry] = ()


class KeepsAlerts(Protocol):
    """Alerts, their events and deliveries, memories and answers: see `AlertStore`."""

    tries: Changes
    tried: int

    def next_alert(self) -> int:
        """A number for a new alert."""
        ...

    def next_seq(self) -> int:
        """A number for a new event."""
        ...

    def hold(self, new: Transaction, *, at_leisure: bool = False) -> int:
        """All of it or nothing is kept when `tried` has come to this number."""
        ...

    async def stored(self) -> None:
        """What was held before is kept when this returns."""
        ...

    async def room(self) -> None:
        """Returns at once unless too much waits."""
        ...

    async def open_alerts(self) -> list[Alert]:
        """Those that still need somebody, by number."""
        ...

    async def undelivered(self) -> list[tuple[AlertEvent, Delivery]]:
        """Events whose delivery on some channel is not over, the oldest first."""
        ...

    async def untold(self) -> list[Alert]:
        """Open ones of whose last change no event tells."""
        ...

    async def alert(self, number: int) -> Alert | None:
        """Also one that is closed; None: there is none, or it is forgotten."""
        ...

    async def memories(self) -> dict[str, bytes]:
        """By name."""
        ...

    async def answered(self, command: str, /) -> AnsweredCommand | None:
        """The answer that the command with this id was given."""
        ...

    async def remember(self, *answered: AnsweredCommand, memories: Mapping[str, bytes] | None = None) -> None:
        """Answers to commands that change nothing, and what must not be without them."""
        ...


class KeepsReadings(Protocol):
    """Readings: see `ReadingStore`."""

    def add(self, reading: Reading) -> None:
        """All that follows from it is settled."""
        ...

    def is_stored(self, reading: Reading) -> bool:
        """Whether nobody else must keep it."""
        ...

    def reference(self, readings: Iterable[Reading]) -> None:
        """An alert names them."""
        ...

    def recent(self, since_ms: int) -> AsyncIterator[Reading]:
        """Those that came since then (wall clock, UTC), the oldest first."""
        ...
