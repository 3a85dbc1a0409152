"""A dialogue and a modem at the two ends of a line, in virtual time: a day takes a second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from gateway.channels.sms.dialogue import Dialogue
from gateway.channels.sms.job import SendJob
from gateway.channels.sms.pin import Pin
from gateway.channels.sms.sms import SmsResult, Unsent
from gateway.channels.sms.submit import Sending, encode
from gateway.channels.sms.timings import REAL, Timings
from tests.gateway.channels.sms.kept_pin import KeptPin

START_MS = 1_795_000_000_000
NUMBER = "+8613800138000"
TEXT = "求救 W-017"
MOST_STEPS = 200_000


def wall_ms(now_s: float) -> int:
    return START_MS + round(now_s * 1000)


class FarEnd(Protocol):
    def hear(self, now_s: float, data: bytes) -> None: ...

    def due(self, now_s: float) -> bytes: ...

    @property
    def next_s(self) -> float | None: ...


class VirtualLine:
    """`pieces`: how many bytes come at once, 0: all."""

    def __init__(
        self,
        modem: FarEnd,
        *,
        pin: str | None = None,
        memory: KeptPin | None = None,
        timings: Timings = REAL,
        pieces: int = 0,
    ) -> None:
        self.now_s = 0.0
        self.modem = modem
        self.pieces = pieces
        self.dialogue = Dialogue(Pin(pin, memory or KeptPin()), timings)
        self.dialogue.opened(0)
        self.plugged_in = True

    def run_until(self, met: Callable[[], bool], within_s: float = 300) -> None:
        """Lets time pass until this is so."""
        limit_s = self.now_s + within_s
        for _ in range(MOST_STEPS):
            if met():
                return
            next_s = self._step()
            if met():
                return
            assert next_s <= limit_s, f"not within {within_s} s: {self.dialogue.status}"
            self.now_s = max(self.now_s, next_s)
        raise AssertionError("it never rests")

    def run_for(self, seconds: float) -> None:
        """Lets so much time pass."""
        until_s = self.now_s + seconds
        for _ in range(MOST_STEPS):
            next_s = self._step()
            if next_s > until_s:
                self.now_s = until_s
                return
            self.now_s = max(self.now_s, next_s)
        raise AssertionError("it never rests")

    def _step(self) -> float:
        """Everything that happens now; when the next thing will."""
        until_s = self._advance()
        for _ in range(MOST_STEPS):
            said = self.modem.due(self.now_s)
            if not said:
                break
            for piece in self._pieces(said):
                self.dialogue.feed(self.now_s, piece)
                until_s = self._advance()
        times = [until_s, *([] if self.modem.next_s is None else [self.modem.next_s])]
        return max(min(times), self.now_s + 1e-6)

    def _pieces(self, said: bytes) -> Sequence[bytes]:
        size = self.pieces or len(said)
        return [said[at : at + size] for at in range(0, len(said), size)]

    def _advance(self) -> float:
        until_s = self.dialogue.advance(self.now_s)
        if written := self.dialogue.output():
            self.modem.hear(self.now_s, written)
        return until_s

    # --- verbs ---

    def starts(self, state: str = "ready") -> VirtualLine:
        self.run_until(lambda: self.dialogue.status.state == state)
        return self

    def submit(self, text: str = TEXT, number: str = NUMBER, *, go_on: Unsent | None = None, reference: int = 9) -> SendJob:
        parts = encode(number, text, Sending(60, True), reference)
        job = SendJob(go_on or Unsent(parts=tuple((part.hex, part.length) for part in parts)))
        self.dialogue.submit(job)
        return job

    def send(self, text: str = TEXT, number: str = NUMBER, *, go_on: Unsent | None = None, within_s: float = 600) -> SmsResult:
        job = self.submit(text, number, go_on=go_on)
        self.run_until(lambda: job.result is not None, within_s)
        assert job.result is not None
        return job.result

    def send_stubbornly(self, text: str = TEXT, number: str = NUMBER) -> SmsResult:
        """As the duty does with the only phone that it has: again when it may."""
        result = self.send(text, number)
        while result.outcome in ("temporary", "unknown"):
            self.run_for(result.again_s)
            result = self.send(text, number, go_on=result.unsent)
        return result
