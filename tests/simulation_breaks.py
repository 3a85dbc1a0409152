"""Plants faults of "nothing lost" and of the ladder, one at a time, and tells what finds each: `./dev breaks simulate`.

It works on copies of the tree. First the tests of the suite that reach the place are run, then seeds of the simulation. What
finds a fault must find nothing without it. Exit 1 where nobody finds one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import NamedTuple

from tests.breaks import NOT_COPIED, ROOT
from tests.progress import Progress
from tests.reliability import figures
from tests.reliability.stamp import stamp

SEEDS, DAYS = 200, 0.05  # at most, for one fault: no time, which would end the search early on a busy machine
LOOK_EVERY_S = 1.0
COMMAND = "./dev simulate"


class Fault(NamedTuple):
    """This text of a file, another in its place. `tests`: those that reach it; none: only the simulation does."""

    what: str
    file: str
    text: str
    instead: str
    tests: tuple[str, ...] = ()


class Find(NamedTuple):
    """By what a fault was found: a test's node id, or the command, `after` which seed and what it said."""

    by: str
    after: str


BOOK, DESK = "gateway/alerts/book.py", "gateway/alerts/desk.py"

NOTHING_LOST = (
    Fault(
        "an alert is told before it is on the disk",
        BOOK,
        "            self.once_stored(publish, transaction)\n",
        "            self.store.hold(transaction)\n            publish()\n",
        ("tests/gateway/alerts/test_desk.py::test_nobody_learns_of_an_alert_before_it_is_on_the_disk",),
    ),
    Fault(
        "the broker's word ends the delivery of an alert",
        "gateway/alerts/deliveries.py",
        'if self._need == "puback":',
        "if True:",
        ("tests/system/test_lying_brokers.py::test_what_a_broker_acknowledges_and_throws_away_comes_again",),
    ),
    Fault(
        "readings count as delivered before the broker has them",
        "gateway/channels/mqtt/reading_lanes.py",
        "        bodies = [batch.body for batch in batches]\n",
        "        for batch in batches:\n            self._store.delivered(batch.id)\n"
        "        bodies = [batch.body for batch in batches]\n",
        ("tests/system/test_acl.py::test_a_refused_topic_counts_nothing_as_delivered_and_everything_comes_when_it_is_allowed",),
    ),
    Fault(
        "what is evicted is not counted",
        "gateway/store/counters.py",
        "pending=self.pending - n, evicted=self.evicted + n",
        "pending=self.pending - n, stored=self.stored - n",
        ("tests/gateway/store/test_retention.py::test_then_the_oldest_readings_go_and_all_is_accounted_for",),
    ),
    Fault(
        "the epoch stays though a store was lost",
        "gateway/store/opening.py",
        "    return new_epoch(max(known, default=0), clock, by_chance=in_memory",
        "    if known:\n        return max(known)\n    return new_epoch(max(known, default=0), clock, by_chance=in_memory",
        ("tests/gateway/store/rescue/test_open_or_rescue.py::test_a_damaged_file",),
    ),
    Fault(
        "nobody is told that a store is gone",
        "gateway/app.py",
        "        for incident in self._stores.incidents:\n",
        "        for incident in ():\n",
        ("tests/app/test_wiring.py::test_whatever_lies_in_the_place_of_a_file_both_ears_are_open_and_it_is_told",),
    ),
    Fault(
        "another's readings are told in the place of those that were evicted",
        "gateway/gap.py",
        "Gap(wearer=one.wearer, kind=one.kind,",
        'Gap(wearer="another", kind=one.kind,',
        ("tests/gateway/store/test_retention.py::test_gap_records_tell_whose_what_when_and_how_many",),
    ),
    Fault(
        "a receipt is taken for every event whose number begins like its own",
        "gateway/alerts/outbox.py",
        "return [waiting for waiting in of_alert if waiting.event.seq == seq]",
        "return [waiting for waiting in of_alert if str(waiting.event.seq).startswith(str(seq))]",
        ("tests/gateway/alerts/test_deliveries.py::test_a_number_of_an_event_is_compared_whole",),
    ),
    Fault(
        "numbers are handed out again after a restart",
        "gateway/store/numbers.py",
        "kept = self.next_alert + ahead, self.next_seq + ahead",
        "kept = 0, 0",
        (
            "tests/gateway/store/test_opening.py::test_numbers_of_alerts_never_come_twice_after_a_crash_with_a_disk_that_refused",
        ),
    ),
    Fault(
        "readings that leave out of memory have numbers that are given again",
        "gateway/store/refusing_disk.py",
        "self.epoch = counters.epoch if stand_in else new_epoch(counters.epoch, clock, by_chance=True)",
        "self.epoch = counters.epoch",
        (
            "tests/gateway/store/test_ids_of_a_disk_that_refuses.py"
            "::test_what_is_told_of_a_disk_that_refuses_has_no_id_that_the_next_life_gives",
        ),
    ),
    Fault(
        "a command about an alert of another epoch is carried out",
        BOOK,
        "return alert if alert is not None and alert.epoch == name.epoch else None",
        "return alert",
        ("tests/gateway/alerts/test_deliveries.py::test_an_id_is_compared_whole_as_text",),
    ),
    Fault(
        "the memory of a press is not stored with its alert",
        "gateway/alerts/desk.py",
        "referenced=referenced, memories=memories)",
        "referenced=referenced)",
        ("tests/system/test_death.py::test_no_step_is_so_deadly_that_an_alert_is_lost_or_told_twice",),
    ),
    Fault(
        "what was not delivered before a restart is forgotten",
        BOOK,
        "            if delivery.channel == PLATFORM:\n",
        "            if False:\n",
        ("tests/system/test_receipts.py::test_open_alerts_and_undelivered_events_survive_a_kill",),
    ),
    Fault(
        "what was under way when the link broke is never sent again",
        "gateway/alerts/deliveries.py",
        "        self._outbox.all_due()\n",
        "",
        ("tests/gateway/channels/mqtt/test_uplink.py::test_a_broker_that_dies_again_and_again_loses_nothing",),
    ),
    Fault(
        "commits are not synced",
        "gateway/store/schemas.py",
        "PRAGMA synchronous = FULL;",
        "PRAGMA synchronous = NORMAL;",
    ),
    Fault(
        "a command is acknowledged before it is carried out",
        "gateway/channels/mqtt/lanes.py",
        "await self._commands.came.put(Came(command, self._session, message))",
        "self._session.ack(message)\n                await self._commands.came.put(Came(command, self._session, message))",
        ("tests/system/test_death.py::test_no_step_is_so_deadly_that_a_command_is_lost_or_its_answer_is_not_what_happened",),
    ),
)

LADDER_FAULTS = (
    Fault(
        "the ladder counts by the wall clock",
        "gateway/moment.py",
        "        if self.boot == earlier.boot:\n",
        "        if False:\n",
        ("tests/app/test_clock.py::test_nobody_is_escalated_sooner_or_later",),
    ),
    Fault(
        "a step is left out after a restart",
        DESK,
        "        return trials.carried_over(reminders.carried_over(alert, now), now)\n",
        "        alert = replace(alert, level=alert.level + 1) if alert.ladder else alert\n"
        "        return trials.carried_over(reminders.carried_over(alert, now), now)\n",
    ),
    Fault(
        "a step is told twice after a restart",
        BOOK,
        "            alerts=[alert] if alert else [],\n",
        '            alerts=[alert] if alert and name != "escalated" else [],\n',
    ),
    Fault(
        "what came of an SMS is forgotten",
        "gateway/channels/sms/outgoing.py",
        "        self.reported(message.asks, result)\n",
        "",
        ("tests/system/test_second_path.py::test_no_step_is_so_deadly_that_nobody_is_asked_or_somebody_twice",),
    ),
    Fault(
        "reminders are lost",
        "gateway/alerts/reminders.py",
        "    return _holds(alert) and _due(alert, now) > _given(alert)\n",
        "    return False\n",
        ("tests/gateway/alerts/test_people.py::test_what_still_holds_is_reminded_of_after_15_minutes_and_every_30_after",),
    ),
    Fault(
        "nobody is told that nobody answers while the link is down",
        DESK,
        "            await self.tick()\n            await self.changes.wait_beyond_or(seen, self.next_step_s())\n",
        "            is_up = self._book.outbox.connected\n"
        "            if is_up:\n                await self.tick()\n"
        "            await self.changes.wait_beyond_or(seen, self.next_step_s() if is_up else None)\n",
    ),
    Fault(
        "a critical alert closes by itself when its cause is gone",
        "gateway/alert.py",
        '(self.condition != "cleared" or self.priority == "critical")',
        'self.condition != "cleared"',
        ("tests/gateway/alerts/test_lifecycle.py::test_a_critical_alert_whose_cause_is_gone_stays_open",),
    ),
)


FAULTS = (*NOTHING_LOST, *LADDER_FAULTS)


def main() -> int:
    """A line a fault as it is found, and a table in the end, which goes to docs/reliability/planted.json."""
    began_s, made = time.monotonic(), stamp()
    planted = [
        figures.Planted(fault=fault.what, where=fault.file, found_by=find.by, after=find.after)
        for fault, find in zip(FAULTS, _finds(), strict=True)
    ]
    took_s = round(time.monotonic() - began_s)
    figures.write("planted", figures.Figures(command="./dev breaks simulate", made=made, took_s=took_s, planted=planted))
    found = sum(bool(one.found_by) for one in planted)
    width = max(len(one.fault) for one in planted)
    print("\n".join(f"{one.fault:{width}}  {one.found_by or 'NOBODY'} {one.after}" for one in planted))
    print(f"{found} of {len(planted)} are found")
    return int(found < len(planted))


def _finds() -> list[Find]:
    """What found each, in their order. Those that only the simulation finds are begun first: they take longest."""
    progress = Progress()
    with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:  # most tests wait most of the time
        finds = {fault: pool.submit(_found, fault) for fault in sorted(FAULTS, key=lambda fault: len(fault.tests))}
        of = {find: fault for fault, find in finds.items()}
        pending = set(of)
        while pending:
            progress.counts(
                len(of) - len(pending), len(of), f"planted; {'; '.join(of[find].what for find in pending if find.running())}"
            )
            done, pending = wait(pending, LOOK_EVERY_S, FIRST_COMPLETED)
            for find in done:
                progress.says(f"{of[find].what}: {find.result().by or 'NOBODY'} {find.result().after}")
        progress.clear()
        return [finds[fault].result() for fault in FAULTS]


def _found(fault: Fault) -> Find:
    """What finds it, and finds nothing without it."""
    with tempfile.TemporaryDirectory(prefix="lifering-breaks-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=NOT_COPIED)
        path = tree / fault.file
        whole = path.read_text(encoding="utf-8")
        if fault.text not in whole:
            return Find("", "its line is gone")
        path.write_text(whole.replace(fault.text, fault.instead, 1), encoding="utf-8")
        find = _by_tests(tree, fault.tests) or _by_seeds(tree, range(1, SEEDS + 1))
        path.write_text(whole, encoding="utf-8")
        if find is None:
            return Find("", "")
        seed = re.match(r"seed (\d+)", find.after)
        again = _by_seeds(tree, range(int(seed[1]), int(seed[1]) + 1)) if seed else _by_tests(tree, (find.by,))
        return Find("", f"{find.by} finds something without it, too") if again else find


def _by_tests(tree: Path, tests: tuple[str, ...]) -> Find | None:
    """The first that turns red."""
    for test in tests:
        run = _run(tree, "-m", "pytest", "-q", "-n0", "-x", test)
        if told := re.search(r"^FAILED ([^\s\[]+)", run.stdout, re.MULTILINE):
            return Find(told[1], "")
    return None


def _by_seeds(tree: Path, seeds: range) -> Find | None:
    """The first that finds something."""
    which = ("--first", str(seeds.start), "--seeds", str(len(seeds)), "--days", str(DAYS), "--week", "dense")
    run = _run(tree, "-m", "tests.simulation", "--until-found", "--jobs", "1", *which)
    told = re.search(r"^seed (\d+): (.*)", run.stdout, re.MULTILINE)
    return Find(COMMAND, f"seed {told[1]}: {told[2].partition(' (at ')[0]}") if told else None


def _run(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(tree)}
    return subprocess.run((sys.executable, *arguments), cwd=tree, capture_output=True, text=True, check=False, env=environment)


if __name__ == "__main__":
    sys.exit(main())
