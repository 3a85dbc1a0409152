"""Explores every state that an alert can come to, breadth first, through the real desk, ladder and commands: `./dev explore`.

    ./dev explore [DEPTH]      DEPTH: how many things happen at most, one after the other (6)

A state is what is on the disk of one alert: each thing that can happen is done to a desk that has just taken it up, as after
a kill -9 at that very moment. States that differ only in when they are the same. In each is looked at what must never be:

- an open critical alert that nobody was sent to, and that has no next step; or a next step that changes nothing;
- a critical alert that was closed, and not by a person;
- a level or a priority that falls, or an `escalated` that tells of neither;
- a workflow that goes back; a test that is on the ladder.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import msgspec
import structlog
from msgspec.structs import replace

from gateway.alert import CLOSED, PRIORITIES, Alert, AlertEvent, AlertKind, Clearing, Delivery, Finding, Priority, RuleRef
from gateway.alerts import ladder
from gateway.alerts.book import AlertBook
from gateway.alerts.deliveries import Deliveries
from gateway.alerts.desk import Desk
from gateway.alerts.ladder import Duty
from gateway.alerts.lifecycle import LATCHED, WORKFLOW
from gateway.changes import Changes
from gateway.clock import ClockState
from gateway.commands import AnsweredCommand, Command, Reply
from gateway.moment import Moment
from gateway.router import Router
from gateway.store.keeping import Transaction

DEPTH = 6
NOW_MS, NOW_S, BOOT = 1_795_500_000_000, 1_000_000.0, "boot"
ORIGIN = Moment(NOW_MS, NOW_S, BOOT)
EVENT_SEQ = 1
FOR_CRITICAL, FOR_WARNINGS = Duty(), Duty(second_path_for="warning")


class State(NamedTuple):
    """What is on the disk: the alert, and how far its last event is on its way (None: it is delivered)."""

    alert: Alert
    delivery: Delivery | None

    @property
    def key(self) -> bytes:
        """The same for states that differ only in when they are."""
        return msgspec.json.encode(self)


class Wrong(AssertionError):
    """A state that must never be."""


# --- the world ----------------------------------------------------------------------------------------------------------


class SettableClock:
    """What a state is looked at by: each begins at the same moment."""

    def __init__(self) -> None:
        self.passed_s, self.stepped_s, self.boot = 0.0, 0.0, BOOT

    def wall_ms(self) -> int:
        return NOW_MS + round((self.passed_s + self.stepped_s) * 1000)

    def monotonic_s(self) -> float:
        return NOW_S + self.passed_s

    def state(self) -> ClockState:
        return "synced"


@dataclass
class Disk:
    """Holds one state; of what comes it keeps the newest."""

    state: State | None
    events: list[AlertEvent] = field(default_factory=list)
    tries: Changes = field(default_factory=Changes)
    tried: int = 0

    def __post_init__(self) -> None:
        self.raised = 1 if self.state else 0
        self.alert_now = self.state.alert if self.state else None
        self.delivery_now = self.state.delivery if self.state else None

    def next_alert(self) -> int:
        """The alert is number 1; whatever else is raised is left out."""
        self.raised += 1
        return self.raised

    def next_seq(self) -> int:
        return EVENT_SEQ + len(self.events) + 1

    def hold(self, new: Transaction, *, at_leisure: bool = False) -> int:
        if any(alert.number != 1 for alert in new.alerts):
            self.tried += 1
            return self.tried
        for alert in new.alerts:
            self.alert_now = alert
        self.events += new.events
        newest = self.events[-1].seq if self.events else EVENT_SEQ
        for delivery in new.deliveries:
            if delivery.event == newest:
                self.delivery_now = delivery if delivery.state != "done" else None
        self.tried += 1
        return self.tried

    async def stored(self) -> None:
        pass

    async def room(self) -> None:
        pass

    async def open_alerts(self) -> list[Alert]:
        return [self.state.alert] if self.state and self.state.alert.open else []

    async def undelivered(self) -> list[tuple[AlertEvent, Delivery]]:
        if not self.state or not self.state.delivery:
            return []
        alert = replace(self.state.alert, seq=EVENT_SEQ)
        return [(AlertEvent(alert=alert, event="updated", seq=EVENT_SEQ, at_ms=NOW_MS, text=""), self.state.delivery)]

    async def untold(self) -> list[Alert]:
        return []

    async def alert(self, number: int) -> Alert | None:
        return self.alert_now

    async def memories(self) -> dict[str, bytes]:
        return {}

    async def answered(self, command: str, /) -> AnsweredCommand | None:
        return None

    async def remember(self, *answered: AnsweredCommand, memories: Mapping[str, bytes] | None = None) -> None:
        pass


class World:
    """A desk that has just taken this state up, `later_s` after."""

    def __init__(self, state: State | None, duty: Duty) -> None:
        self.clock, self.disk = SettableClock(), Disk(state)
        book = AlertBook(gateway="g", epoch=1, language=lambda: "en", store=self.disk, clock=self.clock)
        self.desk = Desk(book, self.clock, lambda: duty)
        self.deliveries = Deliveries(book, self.desk, self.clock)
        self.router = Router(self.desk.handlers, self.disk, self.clock)

    async def asks(self, verb: str) -> Reply:
        return await self.router.answer(Command(id="c", verb=verb, args={"alert": "g/1/A1"}, actor="somebody"))

    async def receipt(self, status: str) -> None:
        newest = self.disk.events[-1].seq if self.disk.events else EVENT_SEQ
        await self.deliveries.receipt(f"g/1/A1#{newest}", status, "why")

    async def sent(self) -> None:
        if taken := self.deliveries.take(self.clock.monotonic_s(), again=False):
            await self.deliveries.sent(taken[0].seq, self.clock.monotonic_s())

    async def waits(self) -> None:
        """Until the next step is due, and it is taken."""
        if (step_s := self.desk.next_step_s()) is not None:
            self.clock.passed_s += step_s + 1e-6
            await self.desk.tick()

    def left(self) -> State:
        """What is on the disk now, as of now."""
        assert self.disk.alert_now
        now = Moment(self.clock.wall_ms(), self.clock.monotonic_s(), self.clock.boot)
        delivery = self.disk.delivery_now
        if delivery:
            delivery = replace(delivery, event=EVENT_SEQ, tries=0, late_s=0)
        return State(_as_of_now(self.disk.alert_now, now), delivery)


def _as_of_now(alert: Alert, now: Moment) -> Alert:
    """The alert as if it were looked at at the origin: only how long ago things were is kept."""

    def moved(moment: Moment | None) -> Moment | None:
        return moment and ORIGIN.before(round(now.since(moment), 3))

    stages = alert.ladder and replace(
        alert.ladder, since=moved(alert.ladder.since), acknowledged=moved(alert.ladder.acknowledged)
    )
    return replace(
        alert,
        seq=EVENT_SEQ,
        at_ms=0,
        raised_ms=0,
        received_ms=alert.received_ms and 0,
        rejected=alert.rejected and ORIGIN,
        ladder=stages,
        reminders=alert.reminders and replace(alert.reminders, since=moved(alert.reminders.since)),
        calls=alert.calls and replace(alert.calls, told=moved(alert.calls.told)),
        band={},
    )


# --- what can happen ------------------------------------------------------------------------------------------------------


def finding(kind: AlertKind, priority: Priority, limit: float | None = None) -> Finding:
    rule = RuleRef(id="SOS" if limit is None else f"HR-{limit:g}", table="1", limit=limit)
    return Finding(kind=kind, priority=priority, at_ms=NOW_MS, rule=rule, wearer="W-1", device="D")


async def nothing(world: World) -> None:
    """It is only taken up."""


async def another_boot(world: World) -> None:
    world.clock.boot, world.clock.passed_s = "another boot", -NOW_S + 5


async def the_clock_falls_back(world: World) -> None:
    await another_boot(world)
    world.clock.stepped_s = -1e7


async def the_clock_jumps(world: World) -> None:
    world.clock.stepped_s = 1e7


Happening = Callable[[World], Awaitable[object]]
BEFORE_IT_IS_TAKEN_UP: dict[str, Happening] = {
    "another boot": another_boot,
    "another boot, and the clock falls back": the_clock_falls_back,
    "the clock jumps": the_clock_jumps,
}


async def _found(what: Finding, world: World) -> None:
    await world.desk.find(what)


async def _asked(verb: str, world: World) -> None:
    await world.asks(verb)


async def _received(word: str, world: World) -> None:
    await world.receipt(word)


def happenings(kind: AlertKind) -> dict[str, Happening]:
    """Everything that can happen to an alert of this kind."""
    finds: list[Finding] = [finding(kind, "critical")]
    if kind == "heart_rate":
        finds = [finding(kind, "warning", 111), finding(kind, "critical", 131), finding(kind, "critical", 180)]
    happens: dict[str, Happening] = {f"found {one.priority} {one.rule.limit}": partial(_found, one) for one in finds}
    happens |= {verb: partial(_asked, verb) for verb in ("acknowledge", "dispatch", "on_scene", "resolve", "cancel")}
    happens |= {f"receipt {word}": partial(_received, word) for word in ("ok", "hold", "rejected")}
    cleared = Clearing(kind=kind, at_ms=NOW_MS, wearer="W-1", device="D")
    return happens | {
        "cleared": lambda world: world.desk.clear(cleared),
        "sent": lambda world: world.sent(),
        "the next step": lambda world: world.waits(),
        **BEFORE_IT_IS_TAKEN_UP,
    }


# --- what must never be -----------------------------------------------------------------------------------------------------


def check(before: State, what: str, world: World, duty: Duty) -> None:
    """Raises Wrong."""
    was, now = before.alert, world.disk.alert_now
    assert now
    _never_falls(was, now)
    if was.open and not now.open and now.priority == "critical" and what not in ("resolve", "cancel"):
        raise Wrong("a critical alert is closed, and no person did it")
    for event in world.disk.events:
        if event.event == "escalated" and not _is_higher(event.alert, was):
            raise Wrong("escalated, and neither level nor priority is higher")
        was = event.alert
    if now.open and now.priority == "critical" and not now.test:
        _has_a_next_step(now, world, duty)
    if now.open and now.kind in LATCHED and what.startswith("found") and (now.ladder is None or now.ladder.answered):
        raise Wrong("a further call after somebody answered begins nothing")


def _never_falls(was: Alert, now: Alert) -> None:
    if now.level < was.level or PRIORITIES.index(now.priority) > PRIORITIES.index(was.priority):
        raise Wrong("level or priority falls")
    if was.workflow in CLOSED and now.workflow != was.workflow:
        raise Wrong("what is closed is opened again")
    if now.workflow not in CLOSED and WORKFLOW.index(now.workflow) < WORKFLOW.index(was.workflow):
        raise Wrong("the workflow goes back")


def _is_higher(now: Alert, was: Alert) -> bool:
    return now.level > was.level or PRIORITIES.index(now.priority) < PRIORITIES.index(was.priority)


def _has_a_next_step(alert: Alert, world: World, duty: Duty) -> None:
    now = Moment(world.clock.wall_ms(), world.clock.monotonic_s(), world.clock.boot)
    step_s = ladder.next_s(alert, duty, now)
    if alert.ladder is None:
        raise Wrong("an open critical alert has no ladder")
    if alert.ladder.dispatched:
        return  # somebody is on the way
    if step_s is None or world.desk.next_step_s() is None:
        raise Wrong("an open critical alert has no next step")
    then = Moment(now.wall_ms + round(step_s * 1000) + 1, now.monotonic_s + step_s + 1e-3, now.boot)
    opens = ladder.second_path_open(alert, duty, then) and not ladder.second_path_open(alert, duty, now)
    if not opens and ladder.level_due(alert, duty, then) <= alert.level:
        raise Wrong("the next step changes nothing")
    if step_s > max(duty.person_s, duty.again_s, duty.repeat_s) + 1e-3:
        raise Wrong(f"the next step comes only in {step_s:g} s")


# --- breadth first ------------------------------------------------------------------------------------------------------------


class Explored(NamedTuple):
    """How many states there are, by how the alert is, and how many ways lead from one to another."""

    states: int
    steps: int
    workflows: Counter[str]


async def explore(first: Finding, duty: Duty, depth: int) -> Explored:
    """All that can become of an alert that is raised by this. Raises Wrong with the way that leads there."""
    begun = World(None, duty)
    await begun.desk.find(first)
    start = begun.left()
    ways: dict[bytes, Sequence[str]] = {start.key: ()}
    workflows: Counter[str] = Counter([start.alert.workflow])
    steps = 0
    queue = deque([start])
    while queue:
        state = queue.popleft()
        way = ways[state.key]
        if len(way) == depth:
            continue
        async for what, after in _next_states(state, first.kind, duty, way):
            steps += 1
            if after.key not in ways:
                ways[after.key] = (*way, what)
                workflows[after.alert.workflow] += 1
                if after.alert.open:
                    queue.append(after)
    return Explored(len(ways), steps, workflows)


async def _next_states(state: State, kind: AlertKind, duty: Duty, way: Sequence[str]) -> AsyncIterator[tuple[str, State]]:
    for what, happens in happenings(kind).items():
        world = World(state, duty)
        if what in BEFORE_IT_IS_TAKEN_UP:
            await happens(world)
        await world.desk.resume()
        if what not in BEFORE_IT_IS_TAKEN_UP:
            await happens(world)
        try:
            check(state, what, world, duty)
        except Wrong as wrong:
            raise Wrong(f"{' -> '.join((*way, what))}: {wrong}") from wrong
        yield what, world.left()


FIRST: tuple[Finding, ...] = (
    finding("sos", "critical"),
    finding("fall", "critical"),
    finding("heart_rate", "warning", 111),
    finding("heart_rate", "critical", 131),
)


def plan() -> Iterator[tuple[str, Finding, Duty]]:
    """What is explored. To a call for help it is the same for which alerts the second path is."""
    for first in FIRST:
        yield f"{first.kind} {first.priority}", first, FOR_CRITICAL
        if first.kind == "heart_rate":
            yield f"{first.kind} {first.priority}, the second path for warnings too", first, FOR_WARNINGS


def main() -> None:
    """Prints how many states there are. Exit code 1: one of them must never be."""
    parser = argparse.ArgumentParser(prog="./dev explore", description="Every state that an alert can come to.")
    parser.add_argument("depth", nargs="?", type=int, default=DEPTH, metavar="DEPTH", help="things that happen (%(default)s)")
    depth, total = parser.parse_args().depth, 0
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    for name, first, duty in plan():
        try:
            found = asyncio.run(explore(first, duty, depth))
        except Wrong as wrong:
            sys.exit(f"{name}: {wrong}")
        total += found.states
        how = ", ".join(f"{workflow} {n}" for workflow, n in sorted(found.workflows.items()))
        print(f"{name}: {found.states} states, {found.steps} steps ({how})", flush=True)
    print(f"{total} states in {depth} steps, and none that must never be")


if __name__ == "__main__":
    main()
