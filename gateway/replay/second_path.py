"""The second path of a replay: every SMS succeeds at once, and what people answer is a deed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from gateway.changes import Changes
from gateway.channels.sms.answering import Answering
from gateway.channels.sms.outgoing import SmsQueue
from gateway.channels.sms.second_path import SecondPath
from gateway.channels.sms.sms import IncomingSms, ModemState, SmsReceiver, SmsResult, Unsent
from gateway.clock import Clock
from gateway.core import Core
from gateway.replay.driving import done
from gateway.replay.lines import SmsDeed
from gateway.replay.output import Output


class PlayedModem:
    """An `SmsPath` that hands everything to the output."""

    state: ModemState = "ready"
    why = ""
    signal = None
    registered = True
    reports_come = False

    def __init__(self, out: Output) -> None:
        self.changes, self.tried = Changes(), asyncio.Event()
        self._out = out

    @property
    def faults(self) -> list[str]:
        """It has none."""
        return []

    def deliver_to(self, receiver: SmsReceiver) -> None:
        """What comes in is a deed."""

    async def send(
        self,
        number: str,
        text: str,
        *,
        go_on: Unsent | None = None,  # noqa: ARG002 (it succeeds at once)
    ) -> SmsResult:
        """It is sent."""
        self._out.sms(number, text)
        return SmsResult(outcome="sent")


class PlayedSecondPath:
    """Of one life of the gateway; `memories`: of the life before."""

    def __init__(self, core: Core, clock: Clock, out: Output, memories: Mapping[str, bytes]) -> None:
        self._clock, self._modem = clock, PlayedModem(out)
        outgoing = SmsQueue(core.book, lambda: core.choices, clock.wall_ms)
        outgoing.load(memories)
        answering = Answering(core.book, core.desk, outgoing, lambda: core.choices, clock.wall_ms)
        self._path = SecondPath(outgoing, answering, core.desk, clock)

    def send(self) -> None:
        """All that waits."""
        done(self._path.send_waiting(self._modem))

    def take(self, deed: SmsDeed) -> None:
        """An SMS came."""
        done(self._path.incoming(IncomingSms(sender=deed.sender, text=deed.text, at_ms=deed.due_ms)))

    def next_ms(self) -> int | None:
        """When `send` may have something to do though nothing happens before."""
        next_s = self._path.next_s()
        return None if next_s is None else self._clock.wall_ms() + round(next_s * 1000)
