"""A band that a dialogue plays against a conversation driver: no radio, no time but its own.

Steps of the gateway (`subscribes`, `reads` with `answer`, `writes` with `data`) wait until the driver wants this. Neighbours
of this kind may come in any order, writes to one characteristic in theirs; `optional` ones need not come; with `fails` the
band refuses. The band's own steps: `sends` a value, `orders` (the gateway orders something; `clock` sets its clock before),
`tick_s` lets time pass, `quiet_s` too, and nothing is written in it, `stored`: what was reported is on the disk (with
`fails`: it is not), and `ends`: the conversation is over by now. `expect`, `refused`, `status`, `answered`, `learnt`,
`clock_ahead_s` and `pair_again` say what the driver reports in the step, or in its group of neighbours.

A dialogue says all that the driver wants. A slice of one does not: its end is open, and before it the driver may do what
`before` it says, where a write is told by the first bytes of its command.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import cast

import msgspec
import pytest

from drivers.bluetooth_uuid import parse_uuid
from drivers.driver import (
    Answer,
    Answered,
    Automatic,
    ClockAhead,
    ConnectionDriver,
    Context,
    Conversation,
    Fetch,
    Find,
    Learnt,
    Listen,
    LocalTime,
    Measure,
    Notified,
    Now,
    Order,
    Pair,
    PairAgain,
    Read,
    Report,
    ReportItems,
    ReportWant,
    Services,
    SetClock,
    ShowText,
    Silence,
    Store,
    Subscribe,
    Vibrate,
    Visit,
    Wait,
    Want,
    Write,
)
from drivers.soundness import is_sound_want
from tests.drivers.vectors import Dialogue, DialogueStep, Expected, same

ORDERS: tuple[Order, ...] = (
    Visit(),
    Listen(),
    Measure(),
    Fetch(),
    Vibrate(),
    Find(),
    ShowText("help is on the way"),
    Automatic(),
    SetClock(),
    Pair(),
)
EVERY_ORDER = pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
PAUSES_S = 5  # how long a driver may let pass before what it wants next, where a dialogue does not say
STREAMS_S = 120  # how long it may let a measurement run that is not to end with its first value
EARLY_S = 1  # how much sooner than a dialogue says


def services(band: Mapping[str, list[str]]) -> Services:
    """What a band offers, from "service/characteristic" -> properties."""
    offered: dict[str, dict[str, frozenset[str]]] = {}
    for name, properties in band.items():
        service, characteristic = name.split("/")
        offered.setdefault(parse_uuid(service), {})[parse_uuid(characteristic)] = frozenset(properties)
    return Services(offered)


def ordered(fields: Mapping[str, object]) -> Order:
    """An order, from a vector."""
    return cast("Order", msgspec.convert(fields, Order))


def context(fields: Mapping[str, object]) -> Context:
    """What the conversation is told at its beginning, from a vector; the key is in hex there."""
    key = fields.get("key")
    return msgspec.convert({**fields, "key": bytes.fromhex(key) if isinstance(key, str) else None}, Context)


def play(driver: ConnectionDriver, dialogue: Dialogue) -> None:
    """Plays a whole dialogue from its first step to its last. Raises AssertionError where the driver does otherwise."""
    _played(driver, dialogue).does([])


def play_slice(driver: ConnectionDriver, dialogue: Dialogue, before: Sequence[DialogueStep], command_bytes: int) -> None:
    """Plays a slice of a dialogue."""
    _played(driver, dialogue, Before(before, command_bytes, clock_counts=dialogue.clock_counts))


def _played(driver: ConnectionDriver, dialogue: Dialogue, before: Before | None = None) -> Talk:
    order = ordered(dialogue.order)
    talk = Talk(
        driver.converse(services(dialogue.band), context(dialogue.context), order),
        before,
        clock=dialogue.clock,
        patience_s=STREAMS_S if isinstance(order, Measure) and order.stream else PAUSES_S,
        stores_freely=before is not None and not any(step.stored for step in dialogue.step),
    )
    for of_the_gateway, steps in groupby(dialogue.step, key=lambda step: bool(step.subscribes or step.reads or step.writes)):
        if of_the_gateway:
            talk.does(list(steps))
        else:
            for step in steps:
                talk.meets(step)
    talk.compare()
    return talk


class Before:
    """What a driver may do before a slice begins: the steps of a whole dialogue, and what the band answers to each."""

    def __init__(self, steps: Sequence[DialogueStep], command_bytes: int, *, clock_counts: bool) -> None:
        self.over = False
        self._command_bytes = command_bytes
        self._clock_counts = clock_counts
        self._answers: list[tuple[DialogueStep, list[DialogueStep]]] = []
        for step in steps:
            if step.subscribes or step.reads or step.writes:
                self._answers.append((step, []))
            elif step.sends:
                self._answers[-1][1].append(step)

    def answer(self, want: Want | None) -> tuple[DialogueStep, list[DialogueStep]] | None:
        """The step that this is, and what the band says to it; None where it is none, or comes too late."""
        if self.over:
            return None
        return next((one for one in self._answers if self.like(one[0], want)), None)

    def like(self, step: DialogueStep, want: Want | None) -> bool:
        """Whether it is this step, whatever time it sets the clock to."""
        if not isinstance(want, Write):
            return _fits(step, want)
        size, data = self._command_bytes, bytes.fromhex(step.data)
        return _is(step.writes, want.characteristic) and len(want.data) == len(data) and want.data[:size] == data[:size]

    def same_but_for_the_clock(self, step: DialogueStep, want: Want | None) -> bool:
        """Whether it is this step of a slice that does not tell the time."""
        return not self._clock_counts and self.like(step, want) and any(self.like(one, want) for one, _ in self._answers)


class Talk:
    """A conversation under way: what it wants now, the time that has passed, what it has reported since the last look."""

    def __init__(
        self,
        conversation: Conversation,
        before: Before | None = None,
        *,
        clock: str | None,
        patience_s: float = PAUSES_S,
        stores_freely: bool = False,
    ) -> None:
        self.over = False
        self.now_s = 0.0
        self._clock = datetime.fromisoformat(clock) if clock else None
        self._conversation = conversation
        self._before = before
        self._patience_s = patience_s
        self._stores_freely = stores_freely
        self._reported: list[ReportWant] = []
        self._steps: list[DialogueStep] = []  # whose reports were not compared yet
        self._waits_until_s = 0.0
        self._want: Want | None = None
        self._next(None)

    # --- steps ---

    def does(self, steps: Sequence[DialogueStep]) -> None:
        """The driver wants all of these, in any order, and nothing else."""
        left = list(steps)
        until_s = self.now_s + self._patience_s
        while not self.over:
            if isinstance(self._want, Wait):
                if all(step.optional for step in left) or not self._goes_on(until_s):
                    break
                continue
            if not left and isinstance(self._want, Store):
                break
            step = next((one for one in _first_writes(left) if self._is_wanted(one)), None)
            if step is None:
                self._does_what_comes_before(left)
                continue
            left.remove(step)
            self._steps.append(step)
            if self._before and step.writes:
                self._before.over = True
            self._next(_answer(step))
        missing = [step for step in left if not step.optional]
        assert not missing, f"the driver does not want {missing}, it wants {self._want}"
        self._compare_when_quiet()

    def meets(self, step: DialogueStep) -> None:
        """Something happens to the driver."""
        while self._before and not isinstance(self._want, Wait) and self._before.answer(self._want):
            self._does_what_comes_before([])
        if step.stored:
            self.compare()  # what is not reported yet is not stored
        self._steps.append(step)
        if step.sends:
            self._happens(Notified(parse_uuid(step.sends), bytes.fromhex(step.data)))
        elif step.orders:
            if step.clock:
                self._clock = datetime.fromisoformat(step.clock) - timedelta(seconds=self.now_s)
            self._happens(ordered(step.orders))
        elif step.stored:
            assert isinstance(self._want, Store), f"the driver does not want to store, it wants {self._want}"
            self._next(not step.fails)
        else:
            self._passes(step.tick_s or step.quiet_s)
            assert not step.quiet_s or not isinstance(self._want, Write), f"the driver wants {self._want}"
        assert self.over == step.ends or not step.ends, f"the conversation goes on, it wants {self._want}"
        self._compare_when_quiet()

    def compare(self) -> None:
        """What was reported since the last look is what the steps since then say."""
        reported, self._reported = self._reported, []
        steps, self._steps = self._steps, []
        frames = [report.decoded for report in reported if isinstance(report, Report)]
        measurements = [measurement for decoded in frames for measurement in decoded.measurements]
        expected: list[Expected] = [one for step in steps for one in step.expect or ()]
        assert same(measurements, expected), f"reported {measurements}, the dialogue says {expected}"
        refused = [refusal.reason for decoded in frames for refusal in decoded.refusals]
        assert refused == [reason for step in steps for reason in step.refused]
        for step in steps:
            missing = [said for said in _said(step) if not any(said.items() <= _shown(report).items() for report in reported)]
            assert not missing, f"reported {[_shown(report) for report in reported]}, the dialogue says {missing}"

    # --- parts ---

    def _is_wanted(self, step: DialogueStep) -> bool:
        return _fits(step, self._want) or bool(self._before and self._before.same_but_for_the_clock(step, self._want))

    def _does_what_comes_before(self, left: Sequence[DialogueStep]) -> None:
        known = self._before.answer(self._want) if self._before else None
        assert known, f"the driver wants {self._want}, the dialogue {left}"
        step, answers = known
        self._steps.append(step)
        self._next(_answer(step))
        for answer in answers:
            self.meets(answer)

    def _happens(self, event: Answer) -> None:
        assert isinstance(self._want, Wait), f"the driver does not wait, it wants {self._want}"
        self._next(event)

    def _goes_on(self, until_s: float) -> bool:
        """Lets the driver wait as long as it wants to; False: that is too long."""
        if self._waits_until_s > until_s:
            return False
        self.now_s = max(self.now_s, self._waits_until_s)
        self._next(Silence())
        return True

    def _passes(self, seconds: float) -> None:
        ends_s = self.now_s + seconds
        while not self.over and isinstance(self._want, Wait) and self._goes_on(ends_s):
            pass
        waited = self.over or isinstance(self._want, Wait) or self.now_s >= ends_s - EARLY_S
        assert waited, f"the driver wants {self._want} {ends_s - self.now_s} s too early"
        self.now_s = ends_s

    def _next(self, answer: Answer) -> None:
        """Answers, and goes on to the next want that a dialogue has a step for."""
        try:
            want = self._conversation.send(answer)
            while isinstance(want, Now | LocalTime | ReportWant) or (isinstance(want, Store) and self._stores_freely):
                assert is_sound_want(want), want
                want = self._conversation.send(self._given(want))
            assert is_sound_want(want), want
        except StopIteration:
            self.over, self._want = True, None
            return
        self._want = want
        if isinstance(want, Wait):
            self._waits_until_s = self.now_s + want.seconds

    def _given(self, want: Now | LocalTime | ReportWant | Store) -> Answer:
        """The answer to what no step is needed for."""
        match want:
            case Now():
                return self.now_s
            case LocalTime():
                return self._clock + timedelta(seconds=self.now_s) if self._clock else None
            case Store():
                return True
            case _:
                self._reported.append(want)
                return None

    def _compare_when_quiet(self) -> None:
        if self.over or isinstance(self._want, Wait):
            self.compare()


def _said(step: DialogueStep) -> list[dict[str, object]]:
    """What a step says that is reported besides measurements."""
    said: list[dict[str, object]] = []
    said += [step.status] if step.status else []
    said += [dict(step.answered)] if step.answered else []
    said += [{"learnt": step.learnt}] if step.learnt else []
    said += [{"clock_ahead_s": step.clock_ahead_s}] if step.clock_ahead_s is not None else []
    said += [{"pair_again": step.pair_again}] if step.pair_again else []
    return said


def _shown(report: ReportWant) -> dict[str, object]:
    """A report as a dialogue writes it."""
    match report:
        case Report(decoded):
            return decoded.status
        case Answered(order, outcome):
            return {"order": order.name, "result": outcome.result, "why": outcome.why}
        case Learnt(facts):
            return {"learnt": facts}
        case ClockAhead(seconds):
            return {"clock_ahead_s": seconds}
        case PairAgain(why):
            return {"pair_again": why}
        case ReportItems():
            raise AssertionError("a band has no serial line")


def _first_writes(steps: Sequence[DialogueStep]) -> Iterator[DialogueStep]:
    """Those that may come next: of the writes to one characteristic the first, and optional ones before it."""
    blocked = set()
    for step in steps:
        if step.writes not in blocked:
            yield step
        if step.writes and not step.optional:
            blocked.add(step.writes)


def _fits(step: DialogueStep, want: Want | None) -> bool:
    match want:
        case Subscribe(characteristic, _, how):
            return _is(step.subscribes, characteristic) and step.how in ("", how)
        case Read(characteristic):
            return _is(step.reads, characteristic)
        case Write(characteristic, data):
            return _is(step.writes, characteristic) and data.hex() == step.data.lower()
        case _:
            return False


def _is(named: str, characteristic: str) -> bool:
    return bool(named) and parse_uuid(named) == characteristic


def _answer(step: DialogueStep) -> Answer:
    if step.reads:
        return None if step.fails else bytes.fromhex(step.answer)
    return not step.fails
