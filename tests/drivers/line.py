"""A device at a serial line that a talk plays against a driver's conversation: no port, no time but its own.

`sent`: the driver sends exactly these bytes next. `comes`: the device says these. `orders`: the gateway has an order, and
`answer` what came of it: "done", "sent", or "failed: why". `passes_s`: so long nothing happens. `store`: the driver wants
everything on the disk; true: it is, false: it cannot be had. `expect` and `refused`: what was told since the step before.
The driver sends nothing that no step says.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from drivers.driver import (
    Answer,
    Answered,
    BytesReceived,
    Context,
    Conversation,
    Item,
    LocalTime,
    Now,
    Order,
    Outcome,
    Refusal,
    ReportItems,
    Send,
    SerialDriver,
    Silence,
    Store,
    Wait,
    Want,
)
from drivers.measurement import Measurement
from drivers.soundness import is_sound_want
from tests.drivers.band import ordered
from tests.drivers.vectors import LineDialogue, LineStep, same


def play(driver: SerialDriver, dialogue: LineDialogue) -> None:
    """Plays a talk from its first step to its last. Raises AssertionError where the driver does otherwise."""
    assert driver.converse
    line = Line(driver.converse(Context()), dialogue.clock)
    for step in dialogue.step:
        line.does(step)
        line.compare(step)
    assert isinstance(line.want, Wait), line.want


class Line:
    """A conversation under way: what it wants now, the time that has passed, what it has reported."""

    def __init__(self, conversation: Conversation, clock: str | None = None) -> None:
        self.now_s = 0.0
        self.reported: list[Item] = []
        self.answered: list[Answered] = []
        self.want: Want
        self._clock = datetime.fromisoformat(clock) if clock else None
        self._conversation = conversation
        self._waits_until_s = 0.0
        self.next(None)

    def does(self, step: LineStep) -> None:
        """One step."""
        if step.sent:
            assert self.want == Send(bytes.fromhex(step.sent)), f"it wants {self.want}, the talk says {step.sent}"
            self.next(True)
        elif step.store is not None:
            assert self.want == Store(), f"it wants {self.want}"
            self.next(step.store)
        elif step.comes:
            self.happens(BytesReceived(bytes.fromhex(step.comes)))
        elif step.orders:
            self.happens(ordered(step.orders))
        elif step.passes_s:
            self.passes(step.passes_s)

    def happens(self, event: BytesReceived | Order) -> None:
        """The device says something, or the gateway orders something."""
        assert isinstance(self.want, Wait), f"it does not wait, it wants {self.want}"
        self.next(event)

    def passes(self, seconds: float) -> None:
        """Nothing happens for so long, or until the driver wants something else than to wait."""
        ends_s = self.now_s + seconds
        while isinstance(self.want, Wait) and self._waits_until_s <= ends_s:
            self.now_s = max(self.now_s, self._waits_until_s)
            self.next(Silence())
        if isinstance(self.want, Wait):
            self.now_s = ends_s

    def compare(self, step: LineStep) -> None:
        """What was told is what the step says."""
        told, self.reported = self.reported, []
        answered, self.answered = self.answered, []
        measurements = [item for item in told if isinstance(item, Measurement)]
        assert same(measurements, step.expect, in_order=True), f"told {measurements}, the talk says {step.expect}"
        assert [item.reason for item in told if isinstance(item, Refusal)] == step.refused
        assert [_words(answer.outcome) for answer in answered] == ([step.answer] if step.answer else [])

    def next(self, answer: Answer) -> None:
        """Answers, and goes on to the next want that a talk has a step for."""
        want = self._conversation.send(answer)
        while isinstance(want, Now | LocalTime | ReportItems | Answered):
            assert is_sound_want(want), want
            want = self._conversation.send(self._given(want))
        assert is_sound_want(want), want
        self.want = want
        if isinstance(want, Wait):
            self._waits_until_s = self.now_s + want.seconds

    def _given(self, want: Now | LocalTime | ReportItems | Answered) -> Answer:
        """The answer to what no step is needed for."""
        match want:
            case Now():
                return self.now_s
            case LocalTime():
                return self._clock + timedelta(seconds=self.now_s) if self._clock else None
            case ReportItems(items):
                self.reported += items
            case Answered():
                self.answered.append(want)
        return None


def _words(outcome: Outcome) -> str:
    return f"{outcome.result}: {outcome.why}" if outcome.why else outcome.result
