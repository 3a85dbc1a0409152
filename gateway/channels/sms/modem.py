"""The modem at its serial port, kept for ever: opens it, finds it again, lets the dialogue speak, hands over what comes in."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import structlog

from gateway.awake import awake_timeout
from gateway.backoff import pause_s
from gateway.changes import Changes
from gateway.channels.sms.dialogue import SILENT, Dialogue
from gateway.channels.sms.dtr import dropped, raised
from gateway.channels.sms.job import SendJob
from gateway.channels.sms.pin import Pin
from gateway.channels.sms.ports import PortChoice, ports_of
from gateway.channels.sms.sms import ModemState, SmsReceiver, SmsResult, Unsent
from gateway.channels.sms.submit import ALERT, encode, pieces
from gateway.channels.sms.timings import REAL, Timings
from gateway.clock import Clock
from gateway.errors import SourceLost
from gateway.failures import told
from gateway.sources.byte_line import ByteLine
from gateway.sources.ports import OpenPort, opened

log = structlog.get_logger()
chance = random.SystemRandom().random

LONGEST_PAUSE_S = 10.0  # between two tries to open the port
LOST_AFTER_S = 60.0  # without an answer, or without its port
PATIENT_S = 45.0  # a modem at USB that was reset has its port back by then
LONGEST_SEND_S = 420.0  # two silences of 120 s, and what heals them
WEAK = 5
SENDS: frozenset[ModemState] = frozenset({"starting", "ready", "searching", "no_network"})
NO_NETWORK: frozenset[ModemState] = frozenset({"no_network", "denied", "no_service_centre"})


class _Shown(NamedTuple):
    """What those who wait for changes see."""

    state: ModemState
    why: str
    signal: int | None
    registered: bool
    reports_come: bool


class Modem:
    """`run()` it in a task of its own; it is a `SmsPath`.

    `port` is a path, or `vid:pid[:serial]`, looked for anew at each try; of several ports of one stick that one which answers.
    `next_reference` gives the number that the parts of
    one message share, another for each message, also after a restart.
    """

    def __init__(
        self,
        port: str,
        baud: int,
        clock: Clock,
        pin: Pin,
        next_reference: Callable[[], Awaitable[int]],
        *,
        timings: Timings = REAL,
        open_port: OpenPort = opened,
        find_ports: Callable[[str], list[str]] = ports_of,
        longest_pause_s: float = LONGEST_PAUSE_S,
        lost_after_s: float = LOST_AFTER_S,
        patient_s: float = PATIENT_S,
        longest_send_s: float = LONGEST_SEND_S,
    ) -> None:
        self.tried = asyncio.Event()
        self.changes = Changes()
        self._ports, self._baud = PortChoice(port, find_ports), baud
        self._clock = clock
        self._next_reference = next_reference
        self._open_port = open_port
        self._longest_pause_s = longest_pause_s
        self._lost_after_s, self._patient_s, self._longest_send_s = lost_after_s, patient_s, longest_send_s
        self._dialogue = Dialogue(pin, timings)
        self._receiver: SmsReceiver | None = None
        self._line: ByteLine | None = None
        self._absent_since_s: float | None = None
        self._came_in = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._job: SendJob | None = None
        self._job_over = asyncio.Event()
        self._shown: _Shown | None = None
        self._told: tuple[ModemState, str] | None = None
        self._resets = 0
        self._weak = False

    # --- how it is ---

    @property
    def state(self) -> ModemState:
        """As in SmsPath."""
        return self._dialogue.status.state

    @property
    def why(self) -> str:
        """As in SmsPath."""
        return self._dialogue.status.why

    @property
    def signal(self) -> int | None:
        """As in SmsPath."""
        return self._dialogue.status.signal

    @property
    def registered(self) -> bool:
        """As in SmsPath."""
        return self._dialogue.status.registered

    @property
    def reports_come(self) -> bool:
        """As in SmsPath."""
        return self._dialogue.status.reports_come

    @property
    def faults(self) -> list[str]:
        """`modem_lost`: no answer or no port for a minute, or a SIM that cannot be used; `modem_no_network`; `modem_power`."""
        faults = ["modem_lost"] * (self.state in ("no_sim", "pin") or self._away_s >= self._lost_after_s)
        faults += ["modem_no_network"] * (self.state in NO_NETWORK)
        return faults + ["modem_power"] * self._dialogue.status.undervoltage

    @property
    def _away_s(self) -> float:
        """How long it has neither answered nor been there."""
        since = [since_s for since_s in (self._absent_since_s, self._dialogue.exchange.unanswered_s) if since_s is not None]
        return self._clock.monotonic_s() - min(since) if since else 0.0

    # --- for those who send and receive ---

    def deliver_to(self, receiver: SmsReceiver) -> None:
        """As in SmsPath."""
        self._receiver = receiver
        self._came_in.set()

    async def send(self, number: str, text: str, *, go_on: Unsent | None = None) -> SmsResult:
        """As in SmsPath. A modem that cannot send says so at once; one that is being set up is waited for."""
        async with self._one_at_a_time:
            if self.state not in SENDS:
                return SmsResult(outcome="fault", code=self.state, unsent=go_on)
            try:
                unsent = go_on or await self._encode(number, text)
            except ValueError:
                return SmsResult(outcome="permanent", code="number or text")
            return await self._finish(SendJob(unsent))

    async def _encode(self, number: str, text: str) -> Unsent:
        reference = await self._next_reference() if len(pieces(text)) > 1 else 0
        return Unsent(parts=tuple((part.hex, part.length) for part in encode(number, text, ALERT, reference)))

    async def _finish(self, job: SendJob) -> SmsResult:
        self._job = job
        self._job_over.clear()
        self._dialogue.submit(job)
        self._wake()
        try:
            async with awake_timeout(self._longest_send_s):
                await self._job_over.wait()
        except TimeoutError:
            pass
        finally:
            self._job = None
            self._dialogue.withdraw(job, "no answer")
        assert job.result is not None  # withdrawn at the latest
        return job.result

    # --- the port ---

    async def run(self) -> None:
        """Until it is cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(told(self._keep_line))
                tasks.create_task(told(self._hand_over))
        finally:
            self._dialogue.closed(self._now_s(), "stopped")
            self._dialogue.refuse_jobs()
            self._job_over.set()
            self.changes.happened()

    async def _keep_line(self) -> None:
        failures = 0
        while True:
            try:
                with self._open_port(self._ports.next(), self._baud, "none") as descriptor:
                    failures = 0
                    await self._speak(descriptor)
            except SourceLost as why:
                self._now_lost(why)
            failures += 1
            await asyncio.sleep(pause_s(failures, self._longest_pause_s, chance()))

    async def _speak(self, descriptor: int) -> None:
        """As long as the port is there."""
        async with ByteLine(descriptor) as line:
            opened_s = self._now_s()
            self._dialogue.opened(opened_s, others=self._ports.others)
            self._line = line
            try:
                while True:
                    until_s = self._dialogue.advance(self._now_s())
                    if output := self._dialogue.output():
                        line.write(output)  # what a port does not take is as good as not answered
                    self._look()
                    self._grant_wish(descriptor)
                    if data := await line.read(max(0, until_s - self._now_s())):
                        self._dialogue.feed(self._now_s(), data)
            finally:
                self._line = None
                if (self._dialogue.exchange.answered_s or 0) > opened_s:
                    self._ports.answered()
                else:
                    self._ports.was_silent()

    def _grant_wish(self, descriptor: int) -> None:
        """Raises SourceLost: the port is to be opened anew."""
        wish, self._dialogue.recovery.wish = self._dialogue.recovery.wish, ""
        if wish == "drop DTR":
            dropped(descriptor)
        elif wish == "raise DTR":
            raised(descriptor)
        elif wish == "open anew":
            raise SourceLost(SILENT)

    def _now_lost(self, why: SourceLost) -> None:
        now_s = self._now_s()
        never_there = self._absent_since_s is None and not self.tried.is_set()
        self._absent_since_s = now_s if self._absent_since_s is None else self._absent_since_s
        self._dialogue.closed(now_s, str(why))
        if never_there or now_s - self._absent_since_s >= self._patient_s:
            self._dialogue.refuse_jobs()
        self._look(str(why.__cause__ or ""))

    def _now_s(self) -> float:
        return self._clock.monotonic_s()

    def _wake(self) -> None:
        if self._line is not None:
            self._line.wake()

    # --- what comes in ---

    async def _hand_over(self) -> None:
        """One after the other; a message is deleted in the modem when its receiver is done with it."""
        receiving = self._dialogue.receiving
        while True:
            await self._came_in.wait()
            self._came_in.clear()
            while self._receiver is not None and (receiving.reports or receiving.arrived):
                if receiving.reports:
                    await self._receiver.report(receiving.reports.popleft())
                    continue
                arrived = receiving.arrived.popleft()
                await self._receiver.incoming(arrived.message)
                receiving.taken(arrived)
                self._wake()

    # --- what is told of it ---

    def _look(self, detail: str = "") -> None:
        """Tells those who wait for it what has become of it."""
        if self._dialogue.receiving.reports or self._dialogue.receiving.arrived:
            self._came_in.set()
        if self._job is not None and self._job.result is not None:
            self._job_over.set()
        status = self._dialogue.status
        if (self._dialogue.exchange.answered_s or 0) > (self._absent_since_s or 0):
            self._absent_since_s = None
        shown = _Shown(status.state, status.why, status.signal, status.registered, status.reports_come)
        if shown != self._shown:
            self._shown = shown
            self.changes.happened()
            self._log(detail)
            self._log_signal()
        if status.state != "starting":
            self.tried.set()

    def _log(self, detail: str) -> None:
        """What it is now, where that is another thing than what was told last."""
        if self._dialogue.resets != self._resets:
            self._resets = self._dialogue.resets
            log.warning("modem reset")
        if self.state in ("starting", "searching") or (self.state, self.why) == self._told:
            return
        self._told = self.state, self.why
        if self.state != "ready":
            log.warning("modem cannot send", state=self.state, why=self.why, detail=detail)
            return
        log.info("modem ready", signal=self.signal, reports=self.reports_come)

    def _log_signal(self) -> None:
        """Where it has become weak."""
        weak = self.signal is not None and self.signal < WEAK
        if weak and not self._weak:
            log.warning("modem signal is weak", signal=self.signal)
        self._weak = weak
