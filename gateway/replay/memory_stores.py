"""What a replay keeps instead of two databases, the same for the core: held is stored. A restart goes through the stored bytes.

Of alerts it keeps what can still be asked for: those that are open whole, closed ones without their readings.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from itertools import count

import msgspec
from msgspec.structs import replace

from gateway import commands
from gateway.alert import Alert, AlertEvent, Delivery
from gateway.changes import Changes
from gateway.commands import AnsweredCommand
from gateway.formats.reading_json import encode_reading
from gateway.readings import Reading
from gateway.store.keeping import Transaction
from gateway.store.stored import decode_alert, decode_event, decode_readings, encode_alert, encode_event


class MemoryAlerts:
    """A `KeepsAlerts`. `seen`: is told each event when it is kept."""

    def __init__(self, seen: Callable[[AlertEvent], None]) -> None:
        self.tries, self.tried = Changes(), 0
        self._seen = seen
        self._alert_numbers, self._event_numbers = count(1), count(1)
        self._alerts: dict[int, Alert] = {}
        self._events: dict[int, AlertEvent] = {}  # those that wait on some channel
        self._deliveries: dict[int, dict[str, Delivery]] = {}  # by event: those that are not over
        self._memories: dict[str, bytes] = {}
        self._answers: dict[str, AnsweredCommand] = {}

    def next_alert(self) -> int:
        """A number for a new alert."""
        return next(self._alert_numbers)

    def next_seq(self) -> int:
        """A number for a new event."""
        return next(self._event_numbers)

    # --- in -----------------------------------------------------------------------------------------------------------

    def hold(self, new: Transaction, *, at_leisure: bool = False) -> int:
        """It is kept."""
        for alert in new.alerts:
            self._alerts[alert.number] = alert if alert.open else replace(alert, readings=())
        for event in new.events:
            self._events[event.seq] = event
            self._seen(event)
        for delivery in new.deliveries:
            self._put(delivery)
        for event in new.events:
            if event.seq not in self._deliveries:
                del self._events[event.seq]
        self._memories.update(new.memories)
        self._answers.update((answered.id, answered) for answered in new.replies)
        if not at_leisure:
            self.tried += 1
        return self.tried

    def _put(self, delivery: Delivery) -> None:
        of_event = self._deliveries.setdefault(delivery.event, {})
        if delivery.state != "done":
            of_event[delivery.channel] = delivery
            return
        of_event.pop(delivery.channel, None)
        if not of_event:
            del self._deliveries[delivery.event]
            self._events.pop(delivery.event, None)

    async def stored(self) -> None:
        """It was at once."""

    async def room(self) -> None:
        """There is."""

    async def remember(self, *answered: AnsweredCommand, memories: Mapping[str, bytes] | None = None) -> None:
        """Answers to commands that change nothing, and what must not be without them."""
        self.hold(Transaction(replies=answered, memories=memories or {}))

    # --- out ----------------------------------------------------------------------------------------------------------

    @property
    def all_alerts(self) -> Iterable[Alert]:
        """By number."""
        return self._alerts.values()

    async def open_alerts(self) -> list[Alert]:
        """Those that still need somebody."""
        return [alert for alert in self._alerts.values() if alert.open]

    async def undelivered(self) -> list[tuple[AlertEvent, Delivery]]:
        """Events whose delivery on some channel is not over."""
        return [
            (self._events[event], delivery)
            for event, of_event in sorted(self._deliveries.items())
            if event in self._events
            for delivery in of_event.values()
        ]

    async def untold(self) -> list[Alert]:
        """None: nothing is damaged here."""
        return []

    async def alert(self, number: int) -> Alert | None:
        """Also a closed one."""
        return self._alerts.get(number)

    async def memories(self) -> dict[str, bytes]:
        """By name."""
        return dict(self._memories)

    async def answered(self, command: str, /) -> AnsweredCommand | None:
        """The answer that the command with this id was given."""
        return self._answers.get(command)

    # --- a restart ----------------------------------------------------------------------------------------------------

    def reopen(self) -> None:
        """All of it is what the stored bytes say, as after a start."""
        self._alerts = {number: decode_alert(encode_alert(alert)) for number, alert in self._alerts.items()}
        self._events = {seq: decode_event(encode_event(event)) for seq, event in self._events.items()}
        self._answers = {
            id_: AnsweredCommand(id_, one.fingerprint, commands.decode(commands.encode(one.reply)))
            for id_, one in self._answers.items()
        }
        of_type = dict[int, dict[str, Delivery]]
        self._deliveries = msgspec.json.decode(msgspec.json.encode(self._deliveries), type=of_type)


class MemoryReadings:
    """A `KeepsReadings` of those that a start takes again; none where there is no start (`window_ms` 0)."""

    def __init__(self, window_ms: int) -> None:
        self._window_ms = window_ms
        self._kept: deque[Reading] = deque()

    def add(self, reading: Reading) -> None:
        """As long as a start would look back."""
        if not self._window_ms:
            return
        self._kept.append(reading)
        while self._kept[0].received_ms < reading.received_ms - self._window_ms:
            self._kept.popleft()

    def is_stored(self, reading: Reading) -> bool:  # noqa: ARG002 (of whichever)
        """Nothing has to be kept for an alert: it has its readings itself."""
        return True

    def reference(self, readings: Iterable[Reading]) -> None:
        """See `is_stored`."""

    async def recent(self, since_ms: int) -> AsyncIterator[Reading]:
        """Those that came since then, as their stored bytes say."""
        for reading in self._kept:
            if reading.received_ms >= since_ms:
                for back in decode_readings(encode_reading(reading, f"replay/{reading.epoch}")):
                    yield back
