"""All that is said between the gateway and a modem, as a machine: bytes and time in; bytes, results and what came out. Pure.

`opened` it, `feed` it, and `advance` it: it gives the moment at which it wants to be advanced again at the latest. Then take
`output()`, look at `status`, at the results of jobs, and at what `receiving` has. Whatever stops a modem in the middle, it goes
through the whole start again: settings are volatile, and a job that was under way is gone on with.
"""

from __future__ import annotations

from collections import deque

from gateway.channels.sms.exchange import ENDS_ALL, Exchange, Interrupted, NoAnswerInTime, Talk
from gateway.channels.sms.job import SendJob
from gateway.channels.sms.lines import ModemLine
from gateway.channels.sms.network import NetworkWatch
from gateway.channels.sms.pin import Pin
from gateway.channels.sms.receive import Receiving
from gateway.channels.sms.recovery import Recovery
from gateway.channels.sms.resets import Resets
from gateway.channels.sms.send import ResetWanted, Sender
from gateway.channels.sms.sms import ModemState
from gateway.channels.sms.start import Start
from gateway.channels.sms.status import CannotSend, ModemStatus
from gateway.channels.sms.timings import REAL, Timings

MOST_POWER_FAILURES = 2
SILENT = "silent"


class Dialogue:
    """`pin` guards the SIM's tries."""

    def __init__(self, pin: Pin, timings: Timings = REAL) -> None:
        self.status = ModemStatus()
        self.exchange = Exchange(timings, self._told)
        self.receiving = Receiving(self.exchange)
        self.resets = 0
        self._timings = timings
        self._network = NetworkWatch()
        self._start = Start(self.exchange, self.status, self._network, pin)
        self.recovery = Recovery(self.exchange, self._start, Resets(timings))
        self._sender = Sender(self.exchange, self._make_room)
        self._jobs: deque[SendJob] = deque()
        self._power_failures = self._unacknowledged = 0
        self._store_full = self._sim_changed = False
        self._look_s = self._tidy_s = self._opened_s = 0.0
        self._others = False
        self._talk: Talk[None] | None = None

    # --- from outside ---

    def opened(self, now_s: float, *, others: bool = False) -> None:
        """The port is there; nothing is known of the modem behind it. `others`: it may be at another port, if not at this."""
        self.exchange.now_s = now_s
        self._opened_s, self._others = now_s, others
        self.exchange.begin_anew()
        self.recovery.wish = ""
        self._be("starting")
        self._talk = self._run()

    def closed(self, now_s: float, why: str) -> None:
        """The port is gone. What was on its way may have gone out: it is taken up again when the port is back in time."""
        self.exchange.now_s = now_s
        self._talk = None
        self._be("lost", why)

    def feed(self, now_s: float, data: bytes) -> None:
        """What came."""
        self.exchange.now_s = now_s
        self.exchange.feed(data)

    def submit(self, job: SendJob) -> None:
        """Send this, behind those that were there before."""
        self._jobs.append(job)

    def withdraw(self, job: SendJob, code: str) -> None:
        """Do not go on with it: it gets its result now."""
        if job.result is None:
            job.give_up(code)
        if job in self._jobs:
            self._jobs.remove(job)

    def output(self) -> bytes:
        """What is to be written now; given out once."""
        data = bytes(self.exchange.out)
        self.exchange.out.clear()
        return data

    def advance(self, now_s: float) -> float:
        """Goes on as far as it can; gives when it has to be called again, if nothing comes before."""
        self.exchange.now_s = now_s
        return now_s + self._timings.idle_s if self._talk is None else next(self._talk)

    # --- the talk ---

    def _run(self) -> Talk[None]:
        """For ever; each thing that goes wrong has its own way back to work."""
        step = self._work()
        while True:
            try:
                yield from step
                step = self._work()
            except NoAnswerInTime:
                step = self._recover()
            except ResetWanted:
                step = self._recover(at_once=True)
            except Interrupted as why:
                step = self._begin_again(why)
            except CannotSend as why:
                step = self._wait_until_mended(why)

    def _work(self) -> Talk[None]:
        yield from self._start.run()
        yield from self._serve()

    def _serve(self) -> Talk[None]:
        """Sends, receives, and looks at the modem now and then."""
        self._look_s = self.exchange.now_s + self._pause_s()
        self._tidy_s = self.exchange.now_s
        while True:
            if self._unacknowledged:
                self._unacknowledged -= 1
                yield from self.exchange.ask("AT+CNMA")
            elif self.receiving.pending:
                yield from self.receiving.work(self._start.store)
            elif self._jobs and self.status.state != "denied":
                yield from self._do(self._jobs[0])
            elif self._store_full:
                self._store_full = False
                yield from self._make_room()
            elif self.exchange.now_s >= self._tidy_s:
                yield from self._tidy()
            elif self.exchange.now_s >= self._look_s:
                yield from self._look()
            else:
                yield from self._rest()

    def _rest(self) -> Talk[None]:
        """Until there is something to do."""
        self.refuse_jobs()
        self.receiving.hand_over_unfinished()
        until_s = min(self._look_s, self._tidy_s, self.receiving.next_s or self._look_s)
        while self.exchange.now_s < until_s and not self._has_news():
            yield from self._one_line(until_s)

    def _one_line(self, until_s: float) -> Talk[None]:
        """Takes what was said, else waits once."""
        if not self.exchange.heard_something:
            yield until_s
            return
        heard = yield from self.exchange.next(until_s, calm=True)
        if heard is not None and heard.news in ENDS_ALL:
            raise Interrupted(heard.news)

    def _has_news(self) -> bool:
        """Whether somebody wants something while it rests."""
        waits = self._store_full or self._unacknowledged > 0 or self.receiving.pending
        return waits or any(job.result is None for job in self._jobs)

    def _do(self, job: SendJob) -> Talk[None]:
        try:
            yield from self._sender.send(job)
        except Interrupted as why:
            if job.on_the_way and why.news == "boot":
                self._power_failures += 1
                self.status.undervoltage |= self._power_failures >= MOST_POWER_FAILURES
            raise
        finally:
            self._jobs = deque(one for one in self._jobs if one.result is None)
        if job.result and job.result.outcome == "sent":
            self._power_failures = 0
            self.status.undervoltage = False

    def _tidy(self) -> Talk[None]:
        """Reads what nobody was told of, and asks for reports again: a setting may have been lost unseen."""
        self._tidy_s = self.exchange.now_s + self._timings.tidy_s
        yield from self._start.settle()
        yield from self.receiving.look_into(self._start.store)

    def _make_room(self) -> Talk[None]:
        yield from self.receiving.make_room(self._start.store)

    def _look(self) -> Talk[None]:
        try:
            yield from self.exchange.ask("AT")
        except NoAnswerInTime:
            yield from self.exchange.ask("AT")
        yield from self._network.look(self.exchange, self.status)
        self._look_s = self.exchange.now_s + self._pause_s()

    def _pause_s(self) -> float:
        return self._timings.idle_s if self.status.state == "ready" else self._timings.look_for_network_s

    # --- when it goes wrong ---

    def _recover(self, *, at_once: bool = False) -> Talk[None]:
        if self._others and (self.exchange.answered_s or 0.0) <= self._opened_s:
            self.recovery.wish = "open anew"
            yield self.exchange.now_s + self._timings.silent_s
        if (yield from self.recovery.run(self._resetting, at_once=at_once)):
            return
        self._be("lost", SILENT)
        yield from self._refuse_for(self._timings.silent_s)

    def _resetting(self) -> None:
        self.resets += 1
        self._sender.begins_anew()
        self._be("starting")

    def _begin_again(self, why: Interrupted) -> Talk[None]:
        if why.news == "sim_gone":
            raise CannotSend("no_sim")
        self._sender.begins_anew()
        self._be("starting")
        yield from self.recovery.after_boot()

    def _wait_until_mended(self, why: CannotSend) -> Talk[None]:
        """Looks again now and then, and at once when the SIM says that it is there."""
        self._be(why.state, why.why)
        yield from self._refuse_for(self._timings.fault_s)

    def _refuse_for(self, seconds: float) -> Talk[None]:
        """Lets time pass; who wants to send meanwhile is told at once that it does not."""
        self._sim_changed = False
        until_s = self.exchange.now_s + seconds
        while self.exchange.now_s < until_s and not self._sim_changed:
            self.refuse_jobs()
            if self.exchange.heard_something:
                yield from self.exchange.next(until_s, calm=True)
            else:
                yield until_s

    def refuse_jobs(self) -> None:
        """Where nothing can be sent now."""
        if self.status.state in ("ready", "searching", "no_network", "starting"):
            return
        for job in list(self._jobs):
            self.withdraw(job, self.status.state)

    def _be(self, state: ModemState, why: str = "") -> None:
        self.status.state, self.status.why = state, why
        if state not in ("ready", "searching", "no_network", "denied"):
            self.status.registered, self.status.signal = False, None

    def _told(self, line: ModemLine) -> None:
        """An unasked line, wherever it came."""
        self._store_full |= line.news == "store_full"
        self._sim_changed |= line.news in ("sim_ready", "boot")
        self.status.undervoltage |= line.text.upper().startswith("UNDER-VOLTAGE")
        self._unacknowledged += bool(line.pdu) and self._start.wants_ack
        self.receiving.told(line)
