"""What people do about alerts: each command with its reply, on the disk in one transaction, and in the audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gateway.alert import Alert, AlertKind, AuditEntry, EventName, Finding
from gateway.alerts import actions, ladder, lifecycle, reminders
from gateway.alerts.book import AlertBook
from gateway.alerts.house import House
from gateway.alerts.lifecycle import Action
from gateway.alerts.shelving import Shelving
from gateway.changes import Changes
from gateway.clock import Clock
from gateway.commands import Command, Handler, Rejected, Reply, answered
from gateway.formats.times import rfc3339


class People:
    """`closed` is called with each alert that a person has closed, `found` with what was kept back and counts again.

    `snapshot_asked`: somebody of this machine wants the platform to be told what is open.
    """

    def __init__(
        self,
        book: AlertBook,
        clock: Clock,
        house: House,
        shelving: Shelving,
        *,
        closed: Callable[[Alert], None],
        found: Callable[[Finding], None],
    ) -> None:
        self.snapshot_asked = Changes()
        self._book, self._clock, self._house, self._shelving = book, clock, house, shelving
        self._closed, self._found = closed, found

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """By verb."""
        of_shelves: dict[str, Handler] = {"shelve": self._shelve, "unshelve": self._unshelve, "snapshot": self._settle}
        return dict.fromkeys(actions.ARGS, self._act) | of_shelves

    # --- one alert ----------------------------------------------------------------------------------------------------

    async def _act(self, command: Command) -> Reply:
        """What a person does about an alert, with the reply to it. Raises Rejected."""
        name, action = actions.read(command)
        alert = await self._book.named(name)
        if alert is None:
            raise Rejected("unknown alert")
        after, event = self._after(alert, action)
        result = {"alert": self._book.id_of(after), "workflow": after.workflow}
        reply = Reply(id=command.id, verb=command.verb, status="done", result=result)
        deeds = [] if event else [self._deed(command, about=after, note=action.note or action.responder)]
        self._book.keep(after, event, at_ms=self._clock.wall_ms(), replies=[answered(command, reply)], deeds=deeds)
        self._if_closed(after)
        await self._book.stored()
        return reply

    def do(self, alert: Alert, *actions: Action) -> Alert:
        """The same, by whoever is no command; told once it is `stored`. The alert after it."""
        for action in actions:
            after, event = self._after(alert, action)
            command = Command(id="", verb=action.verb, actor=action.actor)
            deeds = [] if event else [self._deed(command, about=after, note=action.note or action.responder)]
            self._book.keep(after, event, at_ms=self._clock.wall_ms(), deeds=deeds)
            self._if_closed(after)
            alert = self._book.get(after.number) or after
        return alert

    def _after(self, alert: Alert, action: Action) -> tuple[Alert, EventName | None]:
        after, event = lifecycle.step(alert, action)
        now = self._book.now()
        after = ladder.answered(after, action.verb, now)
        return (reminders.acknowledged(after, now) if action.verb == "acknowledge" else after), event

    def _if_closed(self, alert: Alert) -> None:
        if not alert.open:
            self._closed(alert)

    def _deed(
        self,
        command: Command,
        *,
        about: Alert | None = None,
        wearer: str = "",
        kinds: tuple[AlertKind, ...] = (),
        until_ms: int | None = None,
        note: str = "",
    ) -> AuditEntry:
        """What is no event of an alert, for the audit."""
        return AuditEntry(
            deed=command.verb,
            seq=self._book.store.next_seq(),
            at_ms=self._clock.wall_ms(),
            actor=command.actor,
            number=about.number if about else 0,
            epoch=about.epoch if about else 0,
            wearer=about.wearer if about else wearer,
            kinds=kinds,
            until_ms=until_ms,
            note=note,
        )

    # --- shelves ------------------------------------------------------------------------------------------------------

    async def _shelve(self, command: Command) -> Reply:
        """Set kinds aside for a while. Raises Rejected."""
        args, until_ms = actions.shelve(command, self._clock.wall_ms())
        self._must_know(args.wearer)
        kinds = tuple(dict.fromkeys(args.kinds))
        until_ms = self._shelving.put(args.wearer, kinds, until_ms)
        deed = self._deed(command, wearer=args.wearer, kinds=kinds, until_ms=until_ms, note=args.reason)
        return await self._keep_shelves(command, deed, {"until": rfc3339(until_ms)})

    async def _unshelve(self, command: Command) -> Reply:
        """They count again; what was kept back is told now. Raises Rejected."""
        args = actions.unshelve(command)
        self._must_know(args.wearer)
        kinds, found = self._shelving.take_down(args.wearer, args.kinds)
        deed = self._deed(command, wearer=args.wearer, kinds=tuple(kinds))
        for finding in found:
            self._found(finding)
        return await self._keep_shelves(command, deed, {})

    async def _keep_shelves(self, command: Command, deed: AuditEntry, more: Mapping[str, object]) -> Reply:
        result = {"wearer": deed.wearer, "kinds": list(deed.kinds), **more}
        reply = Reply(id=command.id, verb=command.verb, status="done", result=result)
        memory = self._shelving.memory(deed.wearer)
        self._book.keep(None, memories=memory, replies=[answered(command, reply)], deeds=[deed])
        await self._book.stored()
        return reply

    def _must_know(self, wearer: str) -> None:
        if not self._house.knows(wearer):
            raise Rejected("unknown wearer")

    # --- what is open -------------------------------------------------------------------------------------------------

    async def _settle(self, command: Command) -> Reply:
        """The platform and we agree on what is open. Raises Rejected."""
        args, closed = actions.settle(command)
        named = [(await self._book.named(name), action, at_ms) for name, action, at_ms in closed]
        for alert, action, at_ms in named:
            self._close(alert, action, at_ms)
        if args.open is not None:
            self._tell_again(frozenset(args.open))
        open_here = {self._book.id_of(alert) for alert in self._book.alerts if alert.open}
        result = {"closed": [id_ for id_ in dict.fromkeys(args.open or ()) if id_ not in open_here]}
        reply = Reply(id=command.id, verb=command.verb, status="done", result=result)
        self._book.keep(None, replies=[answered(command, reply)])
        await self._book.stored()
        if command.here:
            self.snapshot_asked.happened()
        return reply

    def _close(self, known: Alert | None, action: Action, at_ms: int | None) -> None:
        """What a person closed on the platform, as of then; nothing where it is closed here."""
        alert = known and (self._book.get(known.number) or known)
        if alert is None or not alert.open:
            return
        after, event = self._after(alert, action)
        now_ms = self._clock.wall_ms()
        self._book.keep(after, event, at_ms=now_ms if at_ms is None else max(alert.raised_ms, min(at_ms, now_ms)))
        self._if_closed(after)

    def _tell_again(self, there: frozenset[str]) -> None:
        """What is open here, and the platform does not know of."""
        for alert in self._book.alerts:
            if alert.open and self._book.id_of(alert) not in there:
                self._book.keep(alert, "updated", at_ms=self._clock.wall_ms())
