"""Whatever happens, in whatever order: restarts, lost, doubled and reordered messages and receipts, clocks that step."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gateway.alert import CLOSED, PRIORITIES, Alert, AlertEvent, Clearing, Finding, RuleRef
from gateway.alerts import ladder
from gateway.alerts.book import AlertBook
from gateway.alerts.deliveries import Deliveries
from gateway.alerts.desk import Desk
from gateway.alerts.ladder import Duty
from gateway.clock import ClockState
from gateway.commands import Command
from gateway.replay.memory_stores import MemoryAlerts
from gateway.router import Router
from tests.thorough import times

DUTIES = (Duty(), Duty(second_path_for="warning"), Duty(receipt_s=10, person_s=15, again_s=30, repeat_s=30))
VERBS = ("acknowledge", "dispatch", "on_scene", "resolve", "cancel")
WEARERS = ("W-1", "W-2")
LIMITS = (("warning", 111), ("critical", 131), ("critical", 180), ("critical", 35))


class MovingClock:
    boot = "boot 0"

    def __init__(self) -> None:
        self.now_s, self.offset_s = 1000.0, 1_795_500_000.0

    def wall_ms(self) -> int:
        return round((self.now_s + self.offset_s) * 1000)

    def monotonic_s(self) -> float:
        return self.now_s

    def state(self) -> ClockState:
        return "synced"


class Anything(RuleBasedStateMachine):
    """A desk and the way to the platform, over what is stored; the platform is as bad as the test likes."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock, self.seen = MovingClock(), list[AlertEvent]()
        self.store = MemoryAlerts(self.seen.append)
        self.received: set[int] = set()  # events that the platform took with ok
        self.left: set[int] = set()
        self.highest: dict[int, tuple[int, int]] = {}
        self.closed_by_people: set[int] = set()
        self.commands = 0

    def teardown(self) -> None:  # type: ignore[explicit-override]  # from 3.12 on
        self.runner.close()

    @initialize(duty=st.sampled_from(DUTIES))
    def begins(self, duty: Duty) -> None:
        self.duty = duty
        self._start()

    def _start(self) -> None:
        self.book = AlertBook(gateway="g", epoch=1, language=lambda: "en", store=self.store, clock=self.clock)
        self.desk = Desk(self.book, self.clock, lambda: self.duty)
        self.deliveries = Deliveries(self.book, self.desk, self.clock)
        self.router = Router(self.desk.handlers, self.store, self.clock)
        self._do(self.desk.resume())

    def _do(self, work: Any) -> Any:
        return self.runner.run(work)

    # --- what happens ---

    @rule(wearer=st.sampled_from(WEARERS), kind=st.sampled_from(["sos", "fall"]))
    def calls_for_help(self, wearer: str, kind: Any) -> None:
        self._find(Finding(kind=kind, priority="critical", at_ms=self.clock.wall_ms(), rule=RuleRef("SOS", "1"), wearer=wearer))

    @rule(wearer=st.sampled_from(WEARERS), limit=st.sampled_from(LIMITS))
    def crosses_a_limit(self, wearer: str, limit: Any) -> None:
        rule_ = RuleRef("HR", "1", limit[1])
        now_ms = self.clock.wall_ms()
        self._find(Finding(kind="heart_rate", priority=limit[0], at_ms=now_ms, rule=rule_, wearer=wearer))

    def _find(self, finding: Finding) -> None:
        self._do(self.desk.find(finding))

    @rule(wearer=st.sampled_from(WEARERS), kind=st.sampled_from(["sos", "heart_rate"]))
    def it_is_over(self, wearer: str, kind: Any) -> None:
        self._do(self.desk.clear(Clearing(kind=kind, at_ms=self.clock.wall_ms(), wearer=wearer)))

    @rule(again=st.booleans(), lost=st.booleans())
    def a_message_leaves(self, again: bool, lost: bool) -> None:
        taken = self.deliveries.take(self.clock.monotonic_s(), again=again)
        if taken is None:
            return
        self.left.add(taken[0].seq)
        if lost:
            self.deliveries.not_sent(taken[0].seq, self.clock.monotonic_s(), "lost")
        else:
            self._do(self.deliveries.sent(taken[0].seq, self.clock.monotonic_s()))

    @rule(data=st.data(), status=st.sampled_from(["ok", "ok", "hold", "rejected"]), twice=st.booleans())
    def a_receipt_comes_for_anything_that_ever_left(self, data: Any, status: str, twice: bool) -> None:
        if not self.left:
            return
        seq = data.draw(st.sampled_from(sorted(self.left)))
        number = next(event.alert.number for event in self.seen if event.seq == seq)
        for _ in range(1 + twice):
            self._do(self.deliveries.receipt(f"g/1/A{number}#{seq}", status, "why"))
        if status == "ok":
            self.received.add(seq)

    @rule(data=st.data(), verb=st.sampled_from(VERBS), twice=st.booleans())
    def a_person_acts(self, data: Any, verb: str, twice: bool) -> None:
        if not (alerts := list(self.store.all_alerts)):
            return
        alert = data.draw(st.sampled_from(alerts))
        self.commands += 1
        command = Command(id=f"c-{self.commands}", verb=verb, args={"alert": f"g/1/A{alert.number}"}, actor="somebody")
        replies = [self._do(self.router.answer(command)) for _ in range(1 + twice)]
        assert all(reply == replies[0] for reply in replies)
        if verb in ("resolve", "cancel") and replies[0].status == "done":
            self.closed_by_people.add(alert.number)

    @rule(passed_s=st.floats(0, 2000))
    def time_passes_and_the_desk_looks(self, passed_s: float) -> None:
        self.clock.now_s += passed_s
        self._do(self.desk.tick())

    @rule()
    def the_next_step_is_taken(self) -> None:
        if (step_s := self.desk.next_step_s()) is not None:
            self.clock.now_s += step_s
            self._do(self.desk.tick())

    @rule(step_s=st.floats(-1e6, 1e6))
    def the_wall_clock_is_set(self, step_s: float) -> None:
        self._do(self.desk.tick())
        before = [(alert.number, alert.level) for alert in self.desk.open_alerts]
        self.clock.offset_s += step_s
        self._do(self.desk.tick())
        assert [(alert.number, alert.level) for alert in self.desk.open_alerts] == before

    @rule(another_boot=st.booleans(), down_s=st.floats(-1e5, 1e5))
    def it_is_killed_and_starts_again(self, another_boot: bool, down_s: float) -> None:
        if another_boot:
            self.clock.boot += "+"
            self.clock.offset_s += self.clock.now_s + down_s
            self.clock.now_s = 5.0
        self.store.reopen()
        self._start()

    # --- what always holds ---

    @invariant()
    def an_open_critical_alert_that_nobody_was_sent_to_has_a_next_step(self) -> None:
        for alert in self._alerts():
            if alert.open and alert.priority == "critical" and alert.kind != "technical":
                assert alert.ladder
                step_s = ladder.next_s(alert, self.duty, self.book.now())
                assert alert.ladder.dispatched or step_s is not None
                assert step_s is None or step_s <= max(self.duty.again_s, self.duty.repeat_s) + 1e-3

    @invariant()
    def none_is_closed_without_a_person(self) -> None:
        for alert in self._alerts():
            if alert.workflow in CLOSED or (alert.priority == "critical" and not alert.open):
                assert alert.number in self.closed_by_people

    @invariant()
    def level_and_priority_never_fall(self) -> None:
        for alert in self._alerts():
            how = alert.level, -PRIORITIES.index(alert.priority)
            before = self.highest.get(alert.number, how)
            assert how[0] >= before[0]
            assert how[1] >= before[1]
            self.highest[alert.number] = how

    @invariant()
    def every_event_waits_until_the_platform_has_it(self) -> None:
        for event in self.seen:
            if event.seq not in self.received:
                assert self.book.outbox.get(event.seq), f"{event.event} {event.seq} is lost"

    @invariant()
    def no_step_is_told_twice(self) -> None:
        levels: dict[int, list[tuple[int, int]]] = {}
        for event in self.seen:
            if event.event == "escalated":
                how = event.alert.level, -PRIORITIES.index(event.alert.priority)
                levels.setdefault(event.alert.number, []).append(how)
        assert all(told == sorted(set(told)) for told in levels.values())

    def _alerts(self) -> list[Alert]:
        return list(self.store.all_alerts) if hasattr(self, "desk") else []


TestAnything = Anything.TestCase
TestAnything.settings = settings(max_examples=times(20, 60), stateful_step_count=40, deadline=None)
