"""A band that a dialogue plays against a conversation driver: no radio, no time but its own.

Steps of the gateway (`subscribes`, `reads` with `answer`, `writes` with `data`) wait until the driver wants this. Neighbours
of this kind may come in any order; `optional` ones need not come; with `fails` the band refuses. The band's own steps:
`sends` a value, `asks` (the gateway has a new wish), `tick_s` lets time pass, `stored`, and `ends`: the conversation is over
by now. `expect`, `refused` and `status` say what the driver reports in the step, or in its group of neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from drivers.bluetooth_uuid import parse_uuid
from drivers.driver import (
    Answer,
    Ask,
    ConnectionDriver,
    Conversation,
    Decoded,
    Notified,
    Now,
    Read,
    Report,
    Services,
    Silence,
    Stored,
    Subscribe,
    Wait,
    Want,
    Write,
)
from tests.drivers.vectors import Dialogue, DialogueStep, Expected, same


def services(band: Mapping[str, list[str]]) -> Services:
    """What a band offers, from "service/characteristic" -> properties."""
    offered: dict[str, dict[str, frozenset[str]]] = {}
    for name, properties in band.items():
        service, characteristic = name.split("/")
        offered.setdefault(parse_uuid(service), {})[parse_uuid(characteristic)] = frozenset(properties)
    return Services(offered)


def play(driver: ConnectionDriver, dialogue: Dialogue) -> None:
    """Plays a dialogue from its first step to its last. Raises AssertionError where the driver does otherwise."""
    ask = msgspec.convert({**dialogue.ask, "clock": dialogue.clock}, Ask)
    talk = Talk(driver.converse(services(dialogue.band), ask))
    group: list[DialogueStep] = []
    for step in [*dialogue.step, None]:
        if step and (step.subscribes or step.reads or step.writes):
            group.append(step)
            continue
        if group or step is None:
            talk.does(group)
            group = []
        if step:
            talk.meets(step)


class Talk:
    """A conversation under way: what it wants now, the time that has passed, what it has reported since the last look."""

    def __init__(self, conversation: Conversation) -> None:
        self.over = False
        self.now_s = 0.0
        self._conversation = conversation
        self._reported: list[Decoded] = []
        self._waits_until_s = 0.0
        self._want: Want | None = None
        self._next(None)

    # --- steps ---

    def does(self, steps: list[DialogueStep]) -> None:
        """The driver wants all of these, in any order, and nothing else."""
        left = list(steps)
        while not self.over and not isinstance(self._want, Wait):
            wanted = self._want
            step = next((one for one in left if _fits(one, wanted)), None)
            assert step, f"the driver wants {wanted}, the dialogue {left}"
            left.remove(step)
            self._next(_answer(step))
        missing = [step for step in left if not step.optional]
        assert not missing, f"the driver does not want {missing}"
        self._compare([one for step in steps if step not in left for one in step.expect or ()], steps)

    def meets(self, step: DialogueStep) -> None:
        """Something happens to the driver."""
        if step.sends:
            self._happens(Notified(parse_uuid(step.sends), bytes.fromhex(step.data)))
        elif step.asks:
            self._happens(msgspec.convert(step.asks, Ask))
        elif step.stored:
            self._happens(Stored())
        elif step.tick_s:
            self._passes(step.tick_s)
        assert self.over == step.ends or not step.ends, "the conversation goes on"
        if self.over or isinstance(self._want, Wait):
            self._compare(step.expect or [], [step])

    # --- parts ---

    def _happens(self, event: Answer) -> None:
        assert isinstance(self._want, Wait), f"the driver does not wait, it wants {self._want}"
        self._next(event)

    def _passes(self, seconds: float) -> None:
        ends_s = self.now_s + seconds
        while not self.over and isinstance(self._want, Wait) and self._waits_until_s <= ends_s:
            self.now_s = max(self.now_s, self._waits_until_s)
            self._next(Silence())
        if self.over or isinstance(self._want, Wait):
            self.now_s = ends_s

    def _next(self, answer: Answer) -> None:
        """Answers, and goes on to the next want that a dialogue has a step for."""
        try:
            want = self._conversation.send(answer)
            while isinstance(want, Now | Report):
                if isinstance(want, Report):
                    self._reported.append(want.decoded)
                want = self._conversation.send(self.now_s if isinstance(want, Now) else None)
        except StopIteration:
            self.over, self._want = True, None
            return
        self._want = want
        if isinstance(want, Wait):
            self._waits_until_s = self.now_s + want.seconds

    def _compare(self, expected: list[Expected], steps: list[DialogueStep]) -> None:
        reported, self._reported = self._reported, []
        measurements = [measurement for decoded in reported for measurement in decoded.measurements]
        assert same(measurements, expected), f"reported {measurements}, the dialogue says {expected}"
        refused = [refusal.reason for decoded in reported for refusal in decoded.refusals]
        assert refused == [reason for step in steps for reason in step.refused]
        statuses = [decoded.status for decoded in reported if decoded.status]
        for status in [step.status for step in steps if step.status is not None]:
            assert status in statuses, f"told {statuses}, the dialogue says {status}"


def _fits(step: DialogueStep, want: Want | None) -> bool:
    match want:
        case Subscribe(characteristic, _, how):
            return _is(step.subscribes, characteristic) and step.how in ("", how)
        case Read(characteristic):
            return _is(step.reads, characteristic)
        case Write(characteristic, data):
            return _is(step.writes, characteristic) and data.hex() == step.data
        case _:
            return False


def _is(named: str, characteristic: str) -> bool:
    return bool(named) and parse_uuid(named) == characteristic


def _answer(step: DialogueStep) -> Answer:
    if step.reads:
        return None if step.fails else bytes.fromhex(step.answer)
    return not step.fails
