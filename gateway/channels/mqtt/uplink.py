"""The uplink: keeps a session with the platform's broker for ever, and says on up/status what becomes of the gateway."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from contextlib import suppress
from typing import Literal

import structlog

from gateway.channels.mqtt.broker import Broker
from gateway.channels.mqtt.broker_limits import KnownBrokers
from gateway.channels.mqtt.command_queue import CommandQueue
from gateway.channels.mqtt.connecting import connect as connect_to_broker
from gateway.channels.mqtt.errors import HungUpOnMessage, TakenOver
from gateway.channels.mqtt.lanes import Lanes
from gateway.channels.mqtt.link_history import LinkHistory, has_lasted
from gateway.channels.mqtt.refusals import Refusals
from gateway.channels.mqtt.session import Connect, Session
from gateway.channels.mqtt.uplink_context import UplinkContext
from gateway.errors import UplinkLost
from gateway.failures import told
from gateway.formats.format import Outgoing, State
from gateway.language import Said
from gateway.words.link_errors import OFTEN_BROKEN

log = structlog.get_logger()

LinkWord = Literal["connecting", "connected", "waiting"]

STOPPING_S = 2.0


class Uplink:
    """Keeps the link. One task uses it, `run`.

    `state` says how the link is, `since_ms` since when it stands or is away (wall clock, UTC), `why` (in words) why there is
    none, None while it stands. Where the task is cancelled, and another uplink begins with
    the same parts, nothing is lost: what was under way is due again.
    """

    def __init__(self, broker: Broker, context: UplinkContext, connect: Connect = connect_to_broker) -> None:
        self.state: LinkWord = "connecting"
        self.why: Said | None = None
        self._told: tuple[Said, Said | None] | None = None
        self.since_ms = context.clock.wall_ms()
        self._broker, self._context, self._connect = broker, context, connect
        self._refusals = Refusals(context.pace.again_s)
        self._commands = CommandQueue(context.router)
        self._history = LinkHistory()
        self._known = KnownBrokers()
        self._up_since_s: float | None = None

    @property
    def faults(self) -> list[str]:
        """What is wrong now, in fixed words."""
        now_s = self._context.now_s()
        silent = ["platform_silent"] if self._context.alerts.silent(now_s) else []
        of_the_link = self._history.faults(now_s, self._up_since_s) + self._known.faults(self._broker, now_s)
        return list(dict.fromkeys(self._refusals.faults(now_s) + of_the_link + silent))

    @property
    def platform_answered(self) -> bool:
        """Whether the platform has said anything of an alert since the start."""
        return self._context.alerts.platform_answered

    @property
    def certificates(self) -> Mapping[str, float]:
        """When those that brokers have shown end, by the broker's name (seconds since 1970, UTC)."""
        return self._known.certificates

    @property
    def refused(self) -> Mapping[str, int]:
        """How many messages, by stream: of those going up by the broker, of those coming down by us, as unreadable."""
        return dict(self._refusals.counts)

    # --- a session ----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """For ever. When cancelled it says `stopping`, and hangs up."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(told(self._commands.run))
            tasks.create_task(told(self._keep_link))

    async def _keep_link(self) -> None:
        while True:
            self.state = "connecting"
            self._ended(await self._one_session())
            await self._wait()

    async def _one_session(self) -> UplinkLost:
        """Until it is lost, or does not come about: why."""
        try:
            async with self._connect(self._broker, self._context.clock, self._status("offline"), self._known) as session:
                self._begun(session)
                await self._carry(session)
        except UplinkLost as lost:
            return lost
        raise AssertionError("a session ends by being lost")

    async def _carry(self, session: Session) -> None:
        lanes = Lanes(session, self._context, self._refusals, self._commands)
        try:
            await lanes.run()
        except asyncio.CancelledError:
            with suppress(TimeoutError, UplinkLost):
                async with asyncio.timeout(STOPPING_S):
                    await lanes.say(self._status("stopping"))
            raise
        finally:
            self._context.alerts.disconnected()  # what was under way waits again

    def _status(self, state: State) -> Outgoing:
        return self._context.format.status(state, self._context.snapshot())

    def _begun(self, session: Session) -> None:
        self.state, self.why, self._up_since_s = "connected", None, self._context.now_s()
        self.since_ms = self._context.clock.wall_ms()
        self._history.began(anew=self._known.limits(session.name).has_forgotten_us)
        log.info("link up", broker=session.name)

    def _ended(self, lost: UplinkLost) -> None:
        self.state, self.why = "waiting", lost.why
        now_s, up_since_s = self._context.now_s(), self._up_since_s
        if up_since_s is not None:
            self._up_since_s, self.since_ms = None, self._context.clock.wall_ms()
            if has_lasted(up_since_s, now_s):
                self._known.lasted(self._known.in_use)
            elif not isinstance(lost, TakenOver):
                self._known.failed(self._known.in_use, now_s)
        explained = isinstance(lost, HungUpOnMessage) or bool(self._refusals.held_up(now_s))
        failures = self._history.ended(lost, now_s, up_since_s, explained=explained)
        hint = OFTEN_BROKEN if self._history.keeps_breaking else None
        if (lost.why, hint) != self._told or failures.bit_count() == 1:  # 1, 2, 4, 8 ...: an outage lasts for days
            self._told = lost.why, hint
            log.warning("link lost", why=lost.why, failures=failures, hint=hint)

    # --- between sessions ---------------------------------------------------------------------------------------------

    async def _wait(self) -> None:
        """An alert that waits, or comes meanwhile, shortens it."""
        began_s, chance = self._context.now_s(), random.random()  # noqa: S311 (no secret)
        changes = self._context.alerts.changes
        while True:
            number = changes.number
            wait_s = self._history.wait_s(chance, alert_waits=self._alert_waits())
            if (left_s := began_s + wait_s - self._context.now_s()) <= 0:
                return
            await changes.wait_beyond_or(number, left_s)

    def _alert_waits(self) -> bool:
        return any(self._context.alerts.next_due_s(again=again) is not None for again in (False, True))
