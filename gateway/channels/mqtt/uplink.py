"""The uplink: keeps a session with the platform's broker for ever, and says on up/status what becomes of the gateway."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from typing import Literal

import structlog

from gateway.alert import Need
from gateway.channels.mqtt.broker import Broker
from gateway.channels.mqtt.connecting import connect
from gateway.channels.mqtt.errors import TakenOver
from gateway.channels.mqtt.lanes import Lanes, Outbox, UplinkContext
from gateway.channels.mqtt.pace import ORDINARY, Pace, reconnect_s
from gateway.channels.mqtt.refusals import Refusals
from gateway.channels.mqtt.session import Session
from gateway.channels.mqtt.topics import STATUS
from gateway.clock import Clock
from gateway.commands import Router
from gateway.errors import UplinkLost
from gateway.messages import StatusMessage, encode, rfc3339
from gateway.store.readings import ReadingStore

log = structlog.get_logger()

State = Literal["connecting", "connected", "waiting"]

LONGEST_WAIT_S = 60.0
LONGEST_WAIT_WITH_ALERT_S = 5.0
STABLE_S = 30.0  # a session that lasted so long makes an end of the failures before it
TAKEN_OVER_WAIT_S = (60.0, 90.0)  # two boxes with one id must not throw each other out faster than that
TAKEN_OVER_TOLD_S = 600.0
BREAKS = 3  # so many short sessions in a row may be a second box too, where the broker does not say it
STOPPING_S = 2.0


class Uplink:
    """`state` says how the link is, `why` (in words) why there is none, empty while it stands. One task uses it, `run`.

    `since_ms`: since when it stands, or is away (wall clock, UTC).
    """

    def __init__(
        self,
        broker: Broker,
        *,
        alerts: Outbox,
        router: Router,
        readings: ReadingStore,
        clock: Clock,
        heartbeat: Callable[[], bytes],
        alerts_need: Need = "receipt",
        readings_need: Need = "puback",
        backlog_messages_per_s: float = 20,
        pace: Pace = ORDINARY,
    ) -> None:
        self.state: State = "connecting"
        self.why = ""
        self.since_ms = clock.wall_ms()
        self._broker, self._alerts, self._clock = broker, alerts, clock
        self._ends = UplinkContext(
            gateway=broker.gateway,
            alerts=alerts,
            router=router,
            readings=readings,
            clock=clock,
            heartbeat=heartbeat,
            alerts_need=alerts_need,
            readings_need=readings_need,
            pace=replace(pace, backlog_messages_per_s=backlog_messages_per_s),
        )
        self._version = version("lifering")
        self._refusals = Refusals(pace.again_s)
        self._up_since_s: float | None = None
        self._failures = 0
        self._breaks = 0
        self._taken_over_s = -TAKEN_OVER_TOLD_S

    @property
    def faults(self) -> list[str]:
        """What is wrong now, in fixed words."""
        faults = self._refusals.faults(self._now_s())
        if self._now_s() - self._taken_over_s < TAKEN_OVER_TOLD_S:
            faults.append("another box uses this id")
        if self._breaks >= BREAKS:
            faults.append("link keeps breaking")
        return faults

    @property
    def refused(self) -> dict[str, int]:
        """How many messages, by topic: of those going up by the broker, of those coming down by us, as unreadable."""
        return dict(self._refusals.counts)

    async def run(self) -> None:
        """For ever. When cancelled it says `stopping`, and hangs up."""
        while True:
            self.state, self._up_since_s = "connecting", None
            why = await self._one_session()
            self.state, self.why = "waiting", str(why)
            self._count(why)
            await self._wait(why)

    # --- a session ----------------------------------------------------------------------------------------------------

    async def _one_session(self) -> UplinkLost:
        """Until it is lost, or does not come about: why."""
        try:
            async with connect(self._broker, self._clock, self._status("offline")) as session:
                self.state, self.why, self._up_since_s = "connected", "", self._now_s()
                self.since_ms = self._clock.wall_ms()
                log.info("link up", broker=session.address.name)
                await self._carry(session)
        except UplinkLost as why:
            return why
        raise AssertionError("a session ends by being lost")

    async def _carry(self, session: Session) -> None:
        lanes = Lanes(session, self._ends, self._refusals)
        try:
            await lanes.say(STATUS, self._status("online"), retain=True)
            await lanes.run()
        except asyncio.CancelledError:
            with suppress(TimeoutError, UplinkLost):
                async with asyncio.timeout(STOPPING_S):
                    await lanes.say(STATUS, self._status("stopping"), retain=True)
            raise
        finally:
            self._alerts.reconnected()  # what was under way waits again

    def _status(self, state: Literal["online", "offline", "stopping"]) -> bytes:
        return encode(
            StatusMessage(
                gateway=self._broker.gateway,
                state=state,
                boot=self._clock.boot,
                at=rfc3339(self._clock.wall_ms()),
                version=self._version,
            )
        )

    # --- between sessions ---------------------------------------------------------------------------------------------

    def _count(self, why: UplinkLost) -> None:
        was_up = self._up_since_s is not None
        stable = self._up_since_s is not None and self._now_s() - self._up_since_s >= STABLE_S
        self._failures = 1 if stable else self._failures + 1
        if was_up:
            self.since_ms = self._clock.wall_ms()
            self._breaks = 0 if stable or self._refusals.faults(self._now_s()) else self._breaks + 1
        if isinstance(why, TakenOver):
            self._taken_over_s = self._now_s()
        hint = "perhaps another box uses this id (cloned SD card?)" if self._breaks >= BREAKS else None
        log.warning("link lost", why=str(why), failures=self._failures, hint=hint)

    async def _wait(self, why: UplinkLost) -> None:
        if isinstance(why, TakenOver):
            await asyncio.sleep(random.uniform(*TAKEN_OVER_WAIT_S))  # noqa: S311 (no secret)
            return
        wait_s = self._soon_s(LONGEST_WAIT_WITH_ALERT_S if self._alert_waits() else LONGEST_WAIT_S)
        until_s = self._now_s() + wait_s
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._another_alert()
                until_s = min(until_s, self._now_s() + self._soon_s(LONGEST_WAIT_WITH_ALERT_S))
        await asyncio.sleep(until_s - self._now_s())

    def _soon_s(self, longest_s: float) -> float:
        return reconnect_s(self._failures, longest_s, random.random())  # noqa: S311 (no secret)

    async def _another_alert(self) -> None:
        """Returns when an alert waits, where none waited before."""
        one_waited, seen = self._alert_waits(), self._alerts.changes.number
        while one_waited or not self._alert_waits():
            seen = await self._alerts.changes.wait_beyond(seen)

    def _alert_waits(self) -> bool:
        return self._alerts.next_due_s() is not None

    def _now_s(self) -> float:
        return self._clock.monotonic_s()
