"""A device at a serial line that a talk plays against a driver's conversation: no port, no time but its own.

`sent`: the driver sends exactly these bytes next. `comes`: the device says these. `ask`: the gateway has a wish, and `answer`
what came of it: "done", "unsupported", or "failed: why". `passes_s`: so long nothing happens. `store`: the driver wants
everything on the disk; true: it is, false: it cannot be had. `expect` and `refused`: what was told since the step before.
The driver sends nothing that no step says.
"""

from __future__ import annotations

import msgspec

from drivers.driver import (
    Answer,
    Ask,
    Item,
    LineConversation,
    LineWant,
    Now,
    Refusal,
    Send,
    SerialDriver,
    Silence,
    Status,
    Store,
    Tell,
    Wait,
)
from drivers.measurement import Measurement
from tests.drivers.vectors import LineDialogue, LineStep, same


def play(driver: SerialDriver, dialogue: LineDialogue) -> None:
    """Plays a talk from its first step to its last. Raises AssertionError where the driver does otherwise."""
    assert driver.converse
    line = Line(driver.converse(Ask(do="listen", clock=dialogue.clock)))
    for step in dialogue.step:
        line.does(step)
        line.compare(step)
    assert isinstance(line.want, Wait), line.want


class Line:
    """A conversation under way: what it wants now, the time that has passed, what it has told and not been asked for."""

    def __init__(self, conversation: LineConversation) -> None:
        self.now_s = 0.0
        self.told: list[Item] = []
        self.want: LineWant
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
            self.happens(bytes.fromhex(step.comes))
        elif step.ask:
            self.happens(msgspec.convert(step.ask, Ask))
        elif step.passes_s:
            self.passes(step.passes_s)

    def happens(self, event: bytes | Ask) -> None:
        """The device says something, or the gateway wishes something."""
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
        told, self.told = self.told, []
        measurements = [item for item in told if isinstance(item, Measurement)]
        assert same(measurements, step.expect, in_order=True), f"told {measurements}, the talk says {step.expect}"
        assert [item.reason for item in told if isinstance(item, Refusal)] == step.refused
        answers = [item.told for item in told if isinstance(item, Status) and "ask" in item.told]
        assert [_words(answer) for answer in answers] == ([step.answer] if step.answer else [])

    def next(self, answer: Answer) -> None:
        """Answers, and goes on to the next want that a talk has a step for."""
        want = self._conversation.send(answer)
        while isinstance(want, Now | Tell):
            if isinstance(want, Tell):
                self.told += want.items
            want = self._conversation.send(self.now_s if isinstance(want, Now) else None)
        self.want = want
        if isinstance(want, Wait):
            self._waits_until_s = self.now_s + want.seconds


def _words(answer: object) -> str:
    assert isinstance(answer, dict)
    return f"{answer['result']}: {answer['why']}" if "why" in answer else str(answer["result"])
