"""Plays lines to the core of the gateway: time, readings, deeds; what it tells goes out at once, as long as the link is up.

At equal times deadlines come first, then lines in their order. All that the gateway does takes no time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import TYPE_CHECKING

import msgspec

from drivers.driver import Driver
from drivers.measurement import Measurement
from drivers.presses import PRESSES
from gateway.alert import AlertEvent, Delivery
from gateway.alerts.deliveries import Deliveries
from gateway.choices import Choices
from gateway.commands import Command, Reply, answered
from gateway.core import Core
from gateway.earliest import earliest
from gateway.formats import native_down
from gateway.pipeline import WARM_UP_MS
from gateway.readings import Reading
from gateway.replay.driving import done
from gateway.replay.enrolling import Enrolling
from gateway.replay.equipment import EquipmentWatch, PlayedEquipment, PlayedPort
from gateway.replay.intake import LineIntake
from gateway.replay.lines import (
    CommandDeed,
    Deed,
    Line,
    LinkDeed,
    PortDeed,
    ReadingLine,
    RestartDeed,
    SmsDeed,
    SnapshotDeed,
    WaitDeed,
)
from gateway.replay.memory_stores import MemoryAlerts, MemoryReadings
from gateway.replay.naming import Names
from gateway.replay.output import Output
from gateway.replay.reading_ids import ReadingIds
from gateway.replay.virtual_clock import VirtualClock
from gateway.rules.help import calls_for_help
from gateway.store.keeping import Transaction

if TYPE_CHECKING:
    from gateway.replay.second_path import PlayedSecondPath

EPOCH = 1
NOT_PLAYED = ("notify", "measure", "locate")
NEVER = (-1, -1)  # so much was kept, and so many changes there were, when all was settled


class PlayedGateway:
    """`take` each line in order, then `end`. `receipts`: whether the platform answers; `restarts`: whether there are any.

    `write` gets the lines that come out, `seen` each event when it is kept, `heard` each reading that came.
    """

    def __init__(
        self,
        choices: Choices,
        enrolled: Enrolling,
        drivers: Mapping[str, Driver],
        *,
        start_ms: int,
        receipts: bool,
        restarts: bool,
        write: Callable[[bytes], object],
        seen: Callable[[AlertEvent], None],
        heard: Callable[[ReadingLine, str], None],
    ) -> None:
        self._choices = msgspec.structs.replace(choices, bands=enrolled.bands)
        self._drivers, self._receipts, self._heard = drivers, receipts, heard
        self._wearers = enrolled.wearers
        self._clock = VirtualClock(start_ms)
        ids = ReadingIds(f"{choices.gateway}/{EPOCH}")
        self._intake = LineIntake(enrolled, ids, self._clock)
        self._alerts, self._readings = MemoryAlerts(seen), MemoryReadings(WARM_UP_MS if restarts else 0)
        self._out = Output(choices.gateway, ids.origin, self._clock, write)
        self._equipment = PlayedEquipment()
        self._up_again_ms: int | None = None  # it was killed, and will be started then
        self._meanwhile: list[Deed] = []
        self._commands = count(1)
        self._settled = NEVER
        self._unanswered: dict[int, list[int]] = {}  # by alert: events that the platform says nothing of
        self._next_ms: int | None = None
        self._others_due_ms: int | None = None
        self._start()

    # --- lives --------------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        """A life of the gateway begins now."""
        self._core = Core(
            self._choices,
            drivers=self._drivers,
            epoch=EPOCH,
            alerts=self._alerts,
            readings=self._readings,
            clock=self._clock,
        )
        self._core.roster.know_too(self._wearers)
        self._core.router.also(dict.fromkeys(NOT_PLAYED, self._not_played))
        done(self._core.resume())
        self._deliveries = Deliveries(self._core.book, self._core.desk, self._clock)
        self._watch = EquipmentWatch(self._equipment, self._core, self._deliveries, self._clock)
        self._second_path = self._with_modem()
        if self._equipment.link.is_up:
            self._deliveries.reconnected()
        self._settle()
        self._look_ahead()

    def _with_modem(self) -> PlayedSecondPath | None:
        if not self._choices.has_modem:
            return None
        from gateway.replay.second_path import PlayedSecondPath  # slow to import, and seldom wanted

        return PlayedSecondPath(self._core, self._clock, self._out, done(self._alerts.memories()))

    def _start_again(self, at_ms: int) -> None:
        """And what was done meanwhile happens now."""
        self._clock.now_ms, self._up_again_ms = at_ms, None
        self._alerts.reopen()
        self._intake.begin_anew()
        self._start()
        meanwhile, self._meanwhile = self._meanwhile, []
        for deed in meanwhile:
            self._do_when_up(deed)

    def _do_when_up(self, deed: Deed) -> None:
        """Now, or at the next start."""
        if self._up_again_ms is None:
            self._do(deed)
            self._settle()
        else:
            self._meanwhile.append(deed)

    # --- time ---------------------------------------------------------------------------------------------------------

    def take(self, line: Line) -> None:
        """The next line; an earlier one than the one before is taken at that one's time."""
        now_ms = max(line.due_ms, self._clock.now_ms)
        if self._next_ms is not None and self._next_ms <= now_ms:
            self._until(now_ms)
        self._clock.now_ms = now_ms
        if not isinstance(line, ReadingLine):
            self._do_when_up(line)
        elif self._up_again_ms is None:
            self._hear(line)
        self._look_ahead()

    def end(self) -> int:
        """The clock stops, here; what was done while the gateway was down happens at its start."""
        if self._meanwhile and self._up_again_ms is not None:
            self._until(self._up_again_ms)
        self._until(self._clock.now_ms)
        return self._clock.now_ms

    def _look_ahead(self) -> None:
        """When something is due next."""
        if self._up_again_ms is not None:
            self._next_ms = self._up_again_ms
            return
        self._next_ms = earliest((self._core.next_ms(), self._others_due_ms))

    def _until(self, now_ms: int) -> None:
        """Everything that is due by then, each at its time."""
        earliest_ms = self._clock.now_ms
        while self._next_ms is not None and self._next_ms <= now_ms:
            due_ms = max(self._next_ms, earliest_ms)
            if due_ms > now_ms:
                break
            if self._up_again_ms is not None:
                self._start_again(due_ms)
            else:
                self._clock.now_ms = due_ms
                done(self._core.tick())
                self._settled = NEVER  # also where nothing has changed: an SMS may be due, or a port lost for long enough
                self._settle()
                earliest_ms = due_ms + 1  # what is due still was not due yet by its own count
            self._look_ahead()
        self._clock.now_ms = max(now_ms, self._clock.now_ms)

    # --- what comes in ------------------------------------------------------------------------------------------------

    def _hear(self, line: ReadingLine) -> None:
        self._clock.known = line.clock
        reading = self._intake.reading(line)
        if reading is None:
            return
        self._heard(line, reading.device)
        self._core.pipeline.heard(reading.device, "", reading.received_ms)
        if self._is_call(reading):
            self._core.pipeline.call_for_help(reading, {})
        else:
            self._core.pipeline.take(reading)
        self._settle()

    def _is_call(self, reading: Reading) -> bool:
        if reading.kind not in PRESSES:
            return False
        band, driver = self._core.roster.band(reading.device), self._drivers[reading.driver]
        measurement = Measurement(kind=reading.kind, value=reading.value)
        return calls_for_help(measurement, driver.keys_call_for_help, band.sos_button if band else None)

    def _do(self, deed: Deed) -> None:
        match deed:
            case CommandDeed():
                self._ask(deed)
            case SnapshotDeed():
                self._out.snapshot(self._core.desk.open_alerts)
            case LinkDeed():
                self._set_link(deed.state == "up")
            case RestartDeed():
                self._core.pipeline.remember()
                self._up_again_ms = self._clock.now_ms + deed.down_ms
            case PortDeed():
                self._equipment.ports[deed.name] = PlayedPort(deed.state)
                self._settled = NEVER
            case SmsDeed():
                if self._second_path:
                    self._second_path.take(deed)
            case WaitDeed():
                pass

    def _ask(self, deed: CommandDeed) -> None:
        asked: dict[str, object] = {
            key: deed.message[key] for key in ("verb", "args", "actor", "issued_at", "expires_at") if key in deed.message
        }
        names = Names(self._choices.gateway, self._alerts.all_alerts)
        if "args" in asked:
            asked["args"] = names.in_args(asked["args"])
        number = str(next(self._commands))
        message: dict[str, object] = {"id": deed.message.get("id", number), **asked}
        command = native_down.command(msgspec.json.encode(message))
        if not isinstance(command, Command):
            if command.command is None:
                return  # nobody can be answered
            command = command.command
        reply = done(self._core.router.answer(command))
        if reply.verb == "snapshot" and reply.status == "done":
            self._out.snapshot(self._core.desk.open_alerts)
        self._out.reply(reply)

    async def _not_played(self, command: Command) -> Reply:
        """There are no bands that could show, measure or be found."""
        reply = Reply(id=command.id, verb=command.verb, status="failed", reason="unsupported")
        await self._alerts.remember(answered(command, reply))
        return reply

    def _set_link(self, is_up: bool) -> None:
        link = self._equipment.link
        if is_up != link.is_up:
            link.state = "connected" if is_up else "connecting"
            (self._deliveries.reconnected if is_up else self._deliveries.disconnected)()
            self._settled = NEVER

    # --- what goes out ------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """What was kept is known to all, and what waits goes out."""
        state = (self._alerts.tried, self._core.desk.changes.number)
        while state != self._settled:
            self._settled = state
            self._watch.look()
            done(self._core.desk.stored())
            self._send()
            state = (self._alerts.tried, self._core.desk.changes.number)
            self._others_due_ms = self._others_due()

    def _others_due(self) -> int | None:
        return earliest((self._watch.next_ms(), self._second_path.next_ms() if self._second_path else None))

    def _send(self) -> None:
        """All that waits, in its order; the platform has it at once, and says so where it answers at all."""
        notices = self._core.book.wearer_notices
        while not notices.empty():
            notices.get_nowait()  # bands are not told
        while self._equipment.link.is_up and (waiting := self._deliveries.take(self._clock.monotonic_s(), again=False)):
            event, _ = waiting
            self._out.alert(event, done(self._deliveries.handed_over(event.seq)))
            done(self._deliveries.sent(event.seq, self._clock.monotonic_s()))
            if self._receipts:
                done(self._deliveries.receipt(f"{self._core.book.id_of(event.alert)}#{event.seq}", "ok", ""))
            else:
                self._leave_aside(event)
        if self._second_path:
            self._second_path.send()

    def _leave_aside(self, event: AlertEvent) -> None:
        """Without receipts the oldest event of an alert waits, and the newest; those between say nothing that it does not."""
        waiting = self._unanswered.setdefault(event.alert.number, [])
        if len(waiting) == 2:
            over = Delivery(event=waiting.pop(), channel="mqtt", state="done")
            self._core.book.outbox.update(over)
            self._alerts.hold(Transaction(deliveries=[over]), at_leisure=True)
        waiting.append(event.seq)
