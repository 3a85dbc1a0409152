"""Turns what is wrong with the gateway itself into alerts: each fault that lasts is told once, and its end once. Pure.

Whoever looks at ports, links or the machine says what is seen now; how long that must last, and for how long it must be gone,
stands here. Durations are counted by the monotonic clock (s); the wall clock (ms, UTC) is only told. What a person closed and
is still there after an hour is told anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from msgspec import Struct

from gateway.alert import Alert, Clearing, Finding, Priority, RuleRef
from gateway.snapshot import Fault

RULE_ID, TABLE = "TECH", "1"
AGAIN_S = 3600.0


class Patience(NamedTuple):
    """How long a fault must last before it is told, and be gone before it is over; so long it is `hidden`, if at all."""

    begins_s: float = 0.0
    ends_s: float = 0.0
    hidden: bool = False


PATIENCE: dict[str, Patience] = {
    "port_lost": Patience(5),  # told within 10 s, and not of a plug that is only put into another socket
    "port_garbled": Patience(),  # its line says so after a minute
    "adapter_lost": Patience(30),
    "driver_fault": Patience(),
    "band_put_off": Patience(),
    "band_unpaired": Patience(),  # it was paired again before
    "broker_unreachable": Patience(60, hidden=True),
    "platform_silent": Patience(30),  # the outbox says so after 30 s without a word, which makes 60
    "modem_lost": Patience(),  # the modem says so after a minute, and of its SIM at once
    "modem_no_network": Patience(ends_s=60),  # it has looked for one for two minutes, and may find it for a moment
    "modem_power": Patience(ends_s=60),
    "clock_unset": Patience(600, hidden=True),  # a Pi has no clock of its own, and its network may take some minutes
    "disk": Patience(30),
    "working_in_memory": Patience(30),
    "disk_nearly_full": Patience(30, 60),
    "undervoltage": Patience(0, 60),  # it comes and goes with each load
    "overheated": Patience(30, 60),
    "certificate_expires": Patience(),
    "review_missed": Patience(),
}


class SeenFault(Struct, frozen=True, kw_only=True):
    """Something that is wrong now. `wearer`, `room`: whom it concerns. `at_once`: nobody need wait. `step`: where it rises, it
    is told again, with its `limit`."""

    fault: str
    device: str = ""
    wearer: str = ""
    room: str = ""
    reason: str = ""
    priority: Priority = "warning"
    at_once: bool = False
    step: int = 0
    limit: float | None = None

    @property
    def what(self) -> What:
        """By which it is known again."""
        return What(self.fault, self.device, self.wearer)


class What(NamedTuple):
    """A fault, and which device, or whose limit, has it."""

    fault: str
    device: str
    wearer: str


class Lasting(Struct):
    """`seen`: as it is now; None: it is gone, since `gone_s`. `told_step`: as it was told last; None: it was not."""

    since_s: float
    since_ms: int
    seen: SeenFault | None = None
    gone_s: float = 0.0
    told_step: int | None = None
    closed_s: float | None = None


class FaultWatch:
    """Of the whole gateway. `patience`: by fault; others are shown, and are no alerts."""

    def __init__(self) -> None:
        self._lasting: dict[What, Lasting] = {}
        self._now_s = 0.0

    def look(
        self,
        seen: Iterable[SeenFault],
        open_alerts: Iterable[Alert],
        now_s: float,
        now_ms: int,
        undecided: Callable[[What], bool] = lambda _: False,
    ) -> list[Finding | Clearing]:
        """What is to be told now. `undecided`: of a fault that is not seen, whether nobody can say yet that it is gone."""
        self._now_s = now_s
        self._compare(open_alerts, now_s)
        self.see(seen, now_s, now_ms, undecided)
        found = [verdict for what, one in list(self._lasting.items()) if (verdict := self._step(what, one, now_s, now_ms))]
        self._lasting = {what: one for what, one in self._lasting.items() if one.seen or one.told_step is not None}
        return found

    def see(
        self,
        seen: Iterable[SeenFault],
        now_s: float,
        now_ms: int,
        undecided: Callable[[What], bool] = lambda _: False,
    ) -> None:
        """The same, and nothing is told."""
        now = {one.what: one for one in seen}
        for what, fault in now.items():
            lasting = self._lasting.setdefault(what, Lasting(now_s, now_ms))
            if lasting.seen is None and lasting.told_step is None:
                lasting.since_s, lasting.since_ms = now_s, now_ms
            lasting.seen = fault
        for what, lasting in self._lasting.items():
            if what not in now and lasting.seen is not None and not undecided(what):
                lasting.seen, lasting.gone_s = None, now_s
        self._lasting = {what: one for what, one in self._lasting.items() if one.seen or one.told_step is not None}

    def _compare(self, open_alerts: Iterable[Alert], now_s: float) -> None:
        """With what stands: an alert of an earlier life may end, and one that is no more was closed by a person."""
        is_open = {
            What(alert.detail, alert.device, alert.wearer): alert
            for alert in open_alerts
            if alert.kind == "technical" and alert.detail in PATIENCE and not alert.test and alert.condition == "active"
        }
        for what, alert in is_open.items():
            as_told = SeenFault(fault=what.fault, device=what.device, wearer=what.wearer, step=-1)
            lasting = self._lasting.setdefault(what, Lasting(now_s, alert.at_ms, as_told))
            lasting.closed_s = None
            if lasting.told_step is None:
                lasting.told_step = -1
        for what, lasting in self._lasting.items():
            if lasting.told_step is not None and what not in is_open and lasting.closed_s is None:
                lasting.closed_s = now_s

    def _step(self, what: What, one: Lasting, now_s: float, now_ms: int) -> Finding | Clearing | None:
        if one.seen is None:
            return self._ended(what, one, now_s, now_ms)
        if not self._is_due(what, one, now_s):
            return None
        one.told_step, one.closed_s = one.seen.step, None
        return Finding(
            kind="technical",
            priority=one.seen.priority,
            at_ms=now_ms,
            rule=RuleRef(RULE_ID, TABLE, one.seen.limit),
            wearer=what.wearer,
            room=one.seen.room,
            device=what.device,
            detail=what.fault,
            reason=one.seen.reason,
        )

    def _is_due(self, what: What, one: Lasting, now_s: float) -> bool:
        if one.seen is None or what.fault not in PATIENCE:
            return False
        if one.told_step is not None:
            closed_long = one.closed_s is not None and now_s - one.closed_s >= AGAIN_S
            return one.seen.step > one.told_step or closed_long
        return one.seen.at_once or now_s - one.since_s >= PATIENCE[what.fault].begins_s

    def _ended(self, what: What, one: Lasting, now_s: float, now_ms: int) -> Clearing | None:
        if one.told_step is None or now_s - one.gone_s < PATIENCE[what.fault].ends_s:
            return None
        one.told_step = None
        return Clearing(kind="technical", at_ms=now_ms, wearer=what.wearer, device=what.device, detail=what.fault)

    def next_s(self) -> float | None:
        """When `look` may have something to tell though nothing else is seen; None: never."""
        due = [due_s for what, one in self._lasting.items() if (due_s := self._due_s(what, one)) is not None]
        return min(due, default=None)

    def _due_s(self, what: What, one: Lasting) -> float | None:
        patience = PATIENCE.get(what.fault)
        if patience is None:
            return None
        if one.seen is None:
            return one.gone_s + patience.ends_s
        if one.told_step is None:
            return self._now_s if one.seen.at_once else one.since_s + patience.begins_s
        return None if one.closed_s is None else one.closed_s + AGAIN_S

    def faults(self, now_s: float) -> tuple[Fault, ...]:
        """What is wrong now, or was a moment ago, and since when."""
        return tuple(
            Fault(fault=what.fault, device=what.device, since_ms=one.since_ms)
            for what, one in sorted(self._lasting.items())
            if _is_shown(what, one, now_s)
        )


def _is_shown(what: What, one: Lasting, now_s: float) -> bool:
    patience = PATIENCE.get(what.fault, Patience())
    if one.seen is None:
        return now_s - one.gone_s < patience.ends_s
    return not patience.hidden or one.told_step is not None or now_s - one.since_s >= patience.begins_s
