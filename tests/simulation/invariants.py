"""What must hold in every simulation, and what was found against it. The ladder is told anew here, out of docs/platform.md."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from math import inf
from pathlib import Path

import msgspec

from fake_devices.modem import LeftSms
from gateway.alert import AlertEvent
from gateway.store.chain_check import ChainEntry, Check
from gateway.store.counters import Counters
from tests.account import account_faults
from tests.simulation.box import Span
from tests.simulation.broker import SimulatedPlatform
from tests.simulation.stored_readings import Id, Kind, StoredReadings
from tests.simulation.witness import Run, Seen, Witness

AT_MOST_EARLY_S = 0.5
HELD_S = 60.0  # until the disk is tried again, and what was told meanwhile is at the platform
MODEM_S = 5.0  # from an SMS that leaves until the gateway knows
REMINDER_S = 1_800.0  # the first after half of that
AT_MOST_LATE_S = 15.0  # a commit or two, and a start
BY_PEOPLE = ("acknowledged", "dispatched", "on_scene", "resolved", "cancelled")
VERB = {
    "acknowledged": "acknowledge",
    "dispatched": "dispatch",
    "on_scene": "on_scene",
    "resolved": "resolve",
    "cancelled": "cancel",
}


class Invariants:
    """`troubles`: when there was no daemon, or no disk for it (`refusals`).

    `asked_for`: (verb, alert id, actor) of all that people said.
    """

    def __init__(
        self,
        witness: Witness,
        stored: StoredReadings,
        duty: dict[str, float],
        troubles: Callable[[], Sequence[Span]],
        refusals: Callable[[], Sequence[Span]],
        now_s: Callable[[], float],
    ) -> None:
        self.faults: list[str] = []
        self.checked: Counter[str] = Counter()
        self.asked_for: set[tuple[str, str, str]] = set()
        self._witness, self._stored, self._duty, self._now_s = witness, stored, duty, now_s
        self._troubles, self._refusals = troubles, refusals
        self.no_room: Callable[[], Sequence[Span]] = tuple  # when the readings' file could take nothing
        self.losses: list[tuple[str, float]] = []  # which file was lost, and when
        witness.on_event, witness.on_level = self._on_event, self._on_level

    def must(self, holds: object, what: str, fault: str) -> None:
        """Else it is a fault; `what` is counted."""
        self.checked[what] += 1
        if not holds:
            self.faults.append(f"{fault} (at {self._now_s() - 1000:.0f} s)")

    # --- at each commit ---

    def _on_event(self, seen: Seen, event: AlertEvent) -> None:
        alert = event.alert
        id_ = f"xishan-01/{alert.epoch}/A{alert.number}"
        before = seen.events[-2] if len(seen.events) > 1 else None
        if event.event in BY_PEOPLE and not alert.test:
            verb, about = VERB[event.event], "" if alert.actor.startswith("sms:") else id_
            self.must(
                (verb, about, alert.actor) in self.asked_for,
                "by a person",
                f"A{alert.number} is {event.event} by {alert.actor!r}, who did not say so",
            )
        if before is not None:
            self.must(before.seq < event.seq, "in order", f"A{alert.number}: event {event.seq} behind {before.seq}")
            self.must(
                before.alert.level <= alert.level, "level", f"A{alert.number}: level {before.alert.level}, then {alert.level}"
            )
            is_open = before.alert.workflow not in ("resolved", "cancelled")
            self.must(is_open or not alert.open, "closed stays closed", f"A{alert.number} is open again")
        if event.event == "escalated":
            told = [one.alert.level for one in seen.events if one.event == "escalated"]
            self.must(len(told) == len(set(told)), "each step once", f"A{alert.number}: level {alert.level} was told twice")

    def _on_level(self, seen: Seen, before: int, at_s: float) -> None:
        alert, run = seen.alert, seen.run
        if seen.untimed or alert.priority != "critical":
            return
        due_s = self.due_s(run, alert.level)
        doubt_s = self._trouble_s(run.since_s - 900, run.since_s + 1)
        self.must(
            at_s >= due_s - AT_MOST_EARLY_S - doubt_s,
            "no step early",
            f"A{alert.number}: level {alert.level} {due_s - at_s:.1f} s early",
        )
        late_s = AT_MOST_LATE_S + self._trouble_s(due_s - 1, at_s)
        self.must(at_s <= due_s + late_s, "no step late", f"A{alert.number}: level {alert.level} {at_s - due_s:.1f} s late")
        slept = self._trouble_s(self.due_s(run, before + 1) - 1, at_s)
        self.must(
            alert.level == before + 1 or slept, "no step left out", f"A{alert.number}: level {alert.level} after {before}"
        )

    def due_s(self, run: Run, level: int) -> float:
        """When this level is due."""
        duty = self._duty
        if run.acknowledged_s is not None:
            return run.acknowledged_s + duty["again_s"] + (level - run.acknowledged_level - 1) * duty["repeat_s"]
        step = level - run.from_level
        return run.since_s + (duty["person_s"] if step <= 1 else duty["again_s"] + (step - 2) * duty["repeat_s"])

    def _trouble_s(self, from_s: float, to_s: float) -> float:
        spans = ((max(from_s, span.since_s), min(to_s, span.until_s + 5)) for span in self._troubles())
        return sum(until_s - since_s for since_s, until_s in spans if until_s > since_s)

    def comes(self, event: Mapping[str, object]) -> None:
        """An event is at the platform for the first time."""
        fault = f"{event['id']}#{event['seq']} is told and not on the disk"
        self.must(
            f"{event['id']}#{event['seq']}" in self._witness.events or self._is_refused(self._now_s()), "stored first", fault
        )

    # --- now and again ---

    def sweep(self) -> None:
        """Each open call has a next step that is not overdue, or a person on the way; without a receipt people are asked."""
        now_s = self._now_s()
        for seen in self._witness.alerts.values():
            if seen.on_ladder and not seen.untimed:
                due_s = self.due_s(seen.run, seen.alert.level + 1)
                late_s = AT_MOST_LATE_S + self._trouble_s(due_s - 1, now_s)
                self.must(
                    now_s <= due_s + late_s,
                    "a next step",
                    f"A{seen.alert.number}: level {seen.alert.level + 1} is {now_s - due_s:.0f} s overdue",
                )
                self._asks(seen, now_s)
            self._reminds(seen, now_s)

    def _reminds(self, seen: Seen, now_s: float) -> None:
        if seen.holds_s is not None and seen.alert.kind == "heart_rate" and not seen.untimed:
            late_s = REMINDER_S + AT_MOST_LATE_S + self._trouble_s(seen.holds_s, now_s)
            fault = f"A{seen.alert.number}: it holds, and nobody is reminded"
            self.must(now_s - seen.holds_s <= late_s, "reminders", fault)

    def _asks(self, seen: Seen, now_s: float) -> None:
        ladder, run = seen.alert.ladder, seen.run
        assert ladder
        opens_s = run.since_s + self._duty["receipt_s"]
        late_s = AT_MOST_LATE_S + self._trouble_s(opens_s - 1, now_s)
        if ladder.receipt == "none" and not ladder.acknowledged and now_s > opens_s + late_s:
            asked = any(one.run == run.number for one in seen.alert.asked)
            self.must(asked, "second path", f"A{seen.alert.number}: no receipt, and nobody is asked")

    # --- at the end ---

    def at_the_end(self, data: Path, platform: SimulatedPlatform) -> None:
        """All is healed, and quiet; the daemon has ended."""
        for fault in account_faults(data):
            self.must(False, "account", f"the account: {fault}")
        self.must(not platform.consumer.faults, "contract", f"against the contract: {platform.consumer.faults[:3]}")
        self.must(chain_holds(data), "chain", "the chain of the events is broken")
        self._disk_and_platform(data, platform)
        for seen in self._witness.alerts.values():
            self.must(not seen.on_ladder, "closed", f"A{seen.alert.number} was never closed")

    def _disk_and_platform(self, data: Path, platform: SimulatedPlatform) -> None:
        lost = sorted(self._witness.events.keys() - self._witness.lost_events - platform.consumer.events.keys())
        self.must(not lost, "all delivered", f"{len(lost)} events are on the disk and not at the platform: {lost[:3]}")
        with closing(sqlite3.connect(data / "readings.db")) as connection:
            counters = Counters.load(connection)
            untold = connection.execute("SELECT coalesce(sum(n), 0) FROM gap WHERE told < 2").fetchone()[0]
            pending = connection.execute("SELECT coalesce(sum(n), 0) FROM batch WHERE delivered = 0").fetchone()[0]
        self.must(pending == 0, "nothing waits", f"{pending} readings wait in the end")
        self.must(untold == 0, "evictions told", f"{untold} readings are gone, and nobody was told")
        self._readings(platform, counters)
        self._losses(platform)

    def _readings(self, platform: SimulatedPlatform, counters: Counters) -> None:
        """Each that was committed came, or the platform was told of one of its wearer and kind that is gone, once for each."""
        kinds, lost = self._stored.kinds, self._stored.lost
        first_s = {
            Id(*map(int, one.id.split("/")[1:])): one.at_s for one in reversed(platform.consumer.arrivals) if "#" not in one.id
        }
        gaps = {msgspec.json.encode(gap): gap for gap in platform.consumer.gaps}.values()
        told = Counter[Kind]()
        for gap in gaps:
            told[gap["wearer"] or "", gap["kind"] or ""] += gap["n"]
        lacking = Counter(kinds[one] for one in kinds.keys() - first_s.keys() - lost.readings)
        fault = f"of {lacking.total()} readings that never came nobody was told of {dict(lacking - told - lost.untold)}"
        self.must(not lacking - told - lost.untold, "readings delivered", fault)
        evicted = counters.evicted + lost.evicted
        fault = f"{evicted} readings were evicted, and the platform was told of {told.total()}"
        self.must(evicted - lost.untold.total() <= told.total() <= evicted, "evictions told", fault)
        for one in first_s.keys() - kinds.keys():
            self.must(self._takes_nothing(first_s[one], first_s[one]), "readings stored", f"{one} came and was never stored")
        for one, from_s, to_s in self._stored.holes(counters.epoch, counters.next_seq):
            self.must(self._takes_nothing(from_s, to_s), "readings stored", f"{one} was never stored")

    def _takes_nothing(self, from_s: float, to_s: float) -> bool:
        """Whether the disk took no reading at some moment between: it is held in memory then, and a kill takes it along."""
        spans = [*self._refusals(), *self.no_room()]
        return any(span.since_s <= to_s and span.until_s + HELD_S >= from_s for span in spans)

    def _losses(self, platform: SimulatedPlatform) -> None:
        """Of each store that was lost the platform was told since."""
        last_s = {one.id: one.at_s for one in platform.consumer.arrivals}
        events = platform.consumer.events.items()
        told = [(str(event["device"]), last_s[id_]) for id_, event in events if event.get("detail") == "store_repaired"]
        for file, at_s in self.losses:
            is_told = any(device.startswith(file) and told_s > at_s for device, told_s in told)
            self.must(is_told, "losses told", f"{file} was lost at {at_s - 1000:.0f} s, and nobody was told")

    def _is_refused(self, at_s: float) -> bool:
        """Whether the disk takes nothing then: what is told is held in memory, and a kill takes it along."""
        return any(span.since_s <= at_s <= span.until_s + HELD_S for span in self._refusals())

    def presses(self, by_device: dict[str, tuple[int, int]], platform: SimulatedPlatform) -> None:
        """By band: how many presses were surely heard, and how many there were; so many readings of its key have come."""
        came = Counter(str(one["device"]) for one in platform.consumer.readings() if one["kind"] == "button")
        for device, (sure, most) in by_device.items():
            self.must(sure <= came[device] <= most, "presses", f"{device}: {came[device]} presses came of {sure} to {most}")

    def questions(self, left: Sequence[LeftSms], names: dict[str, str], unsure: Callable[[float], int]) -> None:
        """Each step is one message, unless a kill or the modem leaves open whether it went."""
        went: dict[tuple[str, int], list[float]] = {}
        for sms in left:
            for number in _numbers(sms.text):
                went.setdefault((names.get(sms.number, ""), number), []).append(sms.at_s)
        steps, listed = Counter[tuple[str, int]](), Counter[tuple[str, int]]()
        closed_s = {seen.alert.number: seen.closed_s for seen in self._witness.alerts.values()}
        for seen in self._witness.alerts.values():
            steps.update((one.phone, seen.alert.number) for one in seen.asked.values())
            listed.update((one.phone, seen.alert.number) for one in seen.asked.values() if one.result)
        known_alerts = {seen.alert.number for seen in self._witness.alerts.values()}
        for (phone, number), times in went.items():
            if number not in known_alerts and all(map(self._is_refused, times)):
                continue  # it was held in memory, as no disk took it, and a kill took it along
            doubts = sum(map(unsure, times))
            who = f"{phone} was told {len(times)} times of"
            fault = f"{who} {steps[phone, number]} steps of A{number}"
            self.must(len(times) <= steps[phone, number] + doubts, "told once", fault)
            # `second_path` does not list a step of whose message nobody could learn, because of a kill or of the modem, or that
            # was under way when somebody closed the alert: its last event tells what was known till then.
            known = [at_s for at_s in times if at_s <= closed_s.get(number, inf) - MODEM_S]
            fault = f"{who} A{number}, and it lists {listed[phone, number]}"
            self.must(len(known) <= listed[phone, number] + doubts, "told and listed", fault)


def _numbers(text: str) -> list[int]:
    """Of the alerts that a question is about."""
    return [int(number) for number in re.findall(r"#A(\d+)", text)] if "Reply 1=" in text else []


def chain_holds(data: Path) -> bool:
    """Whether every entry is as it was written, and none is missing."""
    check = Check()
    with closing(sqlite3.connect(data / "alerts.db")) as connection:
        rows = connection.execute("SELECT entry, prev, hash, body FROM event ORDER BY entry").fetchall()
        check.take(ChainEntry(*row) for row in rows)
    return check.broken is None
