"""The book of the alerts that somebody still has to know of: what people are told is on the disk before they learn of it."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from gateway.alert import Alert, AlertEvent, AuditEntry, Channel, Delivery, EventName, alert_id, lateness_s
from gateway.alerts import notices
from gateway.alerts.notices import WearerNotice
from gateway.alerts.outbox import Outbox
from gateway.arrivals import Arrivals
from gateway.changes import Changes
from gateway.clock import Clock
from gateway.commands import AnsweredCommand
from gateway.language import Language
from gateway.logger import Logger
from gateway.moment import Moment
from gateway.readings import Reading
from gateway.store.keeping import KeepsAlerts, Transaction
from gateway.words import alerts as texts

log = Logger()

PLATFORM: Channel = "mqtt"  # the channel of the deliveries that are kept here


class ParsedId(NamedTuple):
    """What the id of an alert, or of one of its events, says."""

    epoch: int
    alert: int
    seq: int | None


class AlertBook:
    """Alerts by number, and their events that wait for the platform (`outbox`). Each change is made in one go, on what the one
    before has made of it.

    `changes`: something about alerts or deliveries has changed. `language`: of the texts, asked anew for each.
    """

    def __init__(
        self,
        *,
        gateway: str,
        epoch: int,
        language: Callable[[], Language],
        store: KeepsAlerts,
        clock: Clock,
    ) -> None:
        self.epoch, self.store, self.changes = epoch, store, Changes()
        self.outbox = Outbox()
        self.wearer_notices: Arrivals[WearerNotice] = Arrivals()
        self._gateway, self._language, self._clock = gateway, language, clock
        self.when_told: Callable[[AlertEvent], None] = lambda _: None  # an event is on the disk
        self._alerts: dict[int, Alert] = {}
        self._after_commit: deque[tuple[int, Callable[[], None]]] = deque()  # each with the number of its `hold`
        self._published: dict[int, Alert] = {}  # as others may know them
        self._unpublished: Counter[int] = Counter()  # by alert: transitions that nobody may learn of yet
        number = "(0|[1-9][0-9]{0,17})"  # as we write it: no other digits, no zeros before it
        self._id = re.compile(f"{re.escape(gateway)}/{number}/A{number}(?:#{number})?")

    async def resume(self) -> None:
        """Take up what an earlier life of the gateway left open."""
        for alert in await self.store.open_alerts():
            self._alerts[alert.number] = self._published[alert.number] = alert
            self._notify(notices.owed(alert))
        for event, delivery in await self.store.undelivered():
            if delivery.channel == PLATFORM:
                self.outbox.put(event, delivery, await self._rejected_s(event, delivery))
        for alert in await self.store.untold():
            self.keep(alert, "updated", at_ms=self._clock.wall_ms())
        await self.stored()

    async def _rejected_s(self, event: AlertEvent, delivery: Delivery) -> float | None:
        """When it was (monotonic seconds of this boot); its alert may be closed by now."""
        number = event.alert.number
        if number not in self._alerts and (closed := await self.store.alert(number)):
            self._alerts[number] = self._published[number] = closed
        alert = self._alerts.get(number)
        if delivery.state != "rejected" or alert is None or alert.rejected is None:
            return None
        now = self.now()
        return now.monotonic_s - now.since(alert.rejected)

    # --- what is there ----------------------------------------------------------------------------------------------

    @property
    def alerts(self) -> list[Alert]:
        """Also closed ones, as long as an event of theirs is not delivered."""
        return list(self._alerts.values())

    @property
    def open_alerts(self) -> list[Alert]:
        """Those on the disk that still need somebody."""
        return [alert for alert in self._published.values() if alert.open]

    def get(self, number: int) -> Alert | None:
        """None: it is over, or there never was one."""
        return self._alerts.get(number)

    def known(self, number: int) -> Alert | None:
        """The same, as it is on the disk."""
        return self._published.get(number)

    def id_of(self, alert: Alert) -> str:
        """`gateway/epoch/A4`."""
        return alert_id(self._gateway, alert)

    def read(self, id_: str) -> ParsedId | None:
        """What `gateway/epoch/A4` or `gateway/epoch/A4#2071` names; None: it is no id of this gateway."""
        match = self._id.fullmatch(id_)
        return ParsedId(int(match[1]), int(match[2]), int(match[3]) if match[3] else None) if match else None

    async def named(self, id_: str) -> Alert | None:
        """The alert that is called so, also a closed one; None: there is none."""
        name = self.read(id_)
        if name is None or name.seq is not None:
            return None
        alert = self.get(name.alert) or await self.store.alert(name.alert)
        return alert if alert is not None and alert.epoch == name.epoch else None

    def now(self) -> Moment:
        """For what is counted over restarts."""
        return Moment(self._clock.wall_ms(), self._clock.monotonic_s(), self._clock.boot)

    # --- how it changes ---------------------------------------------------------------------------------------------

    def keep(
        self,
        alert: Alert | None,
        name: EventName | None = None,
        *,
        at_ms: int = 0,
        deliveries: Sequence[Delivery] = (),
        referenced: Sequence[Reading] = (),
        memories: Mapping[str, bytes] | None = None,
        replies: Sequence[AnsweredCommand] = (),
        deeds: Sequence[AuditEntry] = (),
        reminder: bool = False,
        urgent: bool = False,
    ) -> None:
        """One transition: the alert's state, its event (with when that happened), and all that must not be without them.

        The next transition goes on from it at once; the rest of the gateway knows of it when it is `stored`. How far a
        delivery has come is no more than bookkeeping: known at once, it is stored at leisure, and would be told anew; unless it
        is `urgent`.
        """
        if alert and name:
            alert = replace(alert, seq=self.store.next_seq())
        events = [self._event(alert, name, at_ms, reminder=reminder)] if alert and name else []
        fresh = [self._delivery(event) for event in events]
        transaction = Transaction(
            alerts=[alert] if alert else [],
            events=events,
            deliveries=[*deliveries, *fresh],
            referenced=referenced,
            memories=memories or {},
            replies=replies,
            deeds=deeds,
        )
        before = self._enter(alert) if alert else None
        for delivery in deliveries:
            self.outbox.update(delivery)
        publish = partial(self._publish, before, alert, events, fresh)
        if urgent or events or memories or replies or referenced or deeds:
            self.once_stored(publish, transaction)
        else:
            self.store.hold(transaction, at_leisure=True)
            publish()

    def once_stored(self, then: Callable[[], None], transaction: Transaction | None = None) -> None:
        """Do this when the transaction, and all that was kept till now, is on the disk."""
        self._after_commit.append((self.store.hold(transaction or Transaction()), then))

    async def stored(self) -> None:
        """Everything that was kept is on the disk when this returns, or held by the store, and known to all."""
        await self.store.stored()
        self._follow_commits()

    async def run(self) -> None:
        """Make known what was stored and nobody waits for, for ever."""
        seen = 0
        while True:
            seen = await self.store.tries.wait_beyond(seen)
            self._follow_commits()

    def _follow_commits(self) -> None:
        while self._after_commit and self._after_commit[0][0] <= self.store.tried:
            self._after_commit.popleft()[1]()

    def _enter(self, alert: Alert) -> Alert | None:
        """What was there before."""
        before = self._alerts.get(alert.number)
        self._unpublished[alert.number] += 1
        self._alerts[alert.number] = alert
        return before

    def _publish(
        self, before: Alert | None, alert: Alert | None, events: Sequence[AlertEvent], fresh: Sequence[Delivery]
    ) -> None:
        """Now everybody may learn of it."""
        for event, delivery in zip(events, fresh, strict=True):
            self.outbox.put(event, delivery)
            self.when_told(event)
            id_, of_event = self.id_of(event.alert), event.alert
            log.info("alert", id=id_, kind=of_event.kind, event_name=event.event, priority=of_event.priority)
        if alert:
            self._published[alert.number] = alert
            self._unpublished[alert.number] -= 1
            self._notify(notices.due(before, alert))
            self._forget_if_over(alert.number)
        self.changes.happened()

    def _forget_if_over(self, number: int) -> None:
        """What is closed, and told in full, is not needed any more."""
        held = self._unpublished[number] or self.outbox.holds(number)
        if not (held or self._alerts[number].open):
            del self._alerts[number], self._published[number], self._unpublished[number]

    def _event(self, alert: Alert, name: EventName, at_ms: int, *, reminder: bool) -> AlertEvent:
        text = texts.text(alert, self._language(), reminder=reminder)
        return AlertEvent(alert=alert, event=name, seq=alert.seq, at_ms=at_ms, text=text, reminder=reminder)

    def _delivery(self, event: AlertEvent) -> Delivery:
        """Where it is handed over at once, how late that is is stored with it: an alert does not wait for a second write."""
        late_s = lateness_s(event.at_ms, self._clock.wall_ms()) if self.outbox.connected else None
        return Delivery(event=event.seq, channel=PLATFORM, late_s=late_s)

    def _notify(self, notice: WearerNotice | None) -> None:
        if notice:
            self.wearer_notices.put_nowait(notice)
