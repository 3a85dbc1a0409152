"""Plants faults of "nothing lost" and of the ladder, one at a time: `./dev breaks simulate` tells which seed finds each.

It works on a copy of the tree. What the simulation does not do (evictions, lost stores) a test finds, which is named. Exit 1
where nobody finds one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.breaks import NOT_COPIED, ROOT
from tests.reliability import figures
from tests.reliability.stamp import stamp

SEEDS, DAYS = 200, 0.125
COMMAND = "./dev simulate"


class Fault(NamedTuple):
    """This text of a file, another in its place. `test`: finds what the simulation does not do."""

    what: str
    file: str
    text: str
    instead: str
    test: str = ""


BOOK, DESK, LADDER = "gateway/alerts/book.py", "gateway/alerts/desk.py", "gateway/alerts/ladder.py"

NOTHING_LOST = (
    Fault(
        "an alert is told before it is on the disk",
        BOOK,
        "            self.once_stored(known, transaction)\n",
        "            self.store.hold(transaction)\n            known()\n",
    ),
    Fault(
        "the broker's word ends the delivery of an alert",
        "gateway/alerts/deliveries.py",
        'if self._need == "puback":',
        "if True:",
    ),
    Fault(
        "readings count as delivered before the broker has them",
        "gateway/channels/mqtt/reading_lanes.py",
        "        bodies = [batch.body for batch in batches]\n",
        "        for batch in batches:\n            self._store.delivered(batch.id)\n"
        "        bodies = [batch.body for batch in batches]\n",
    ),
    Fault(
        "what is evicted is not counted",
        "gateway/store/counters.py",
        "pending=self.pending - n, evicted=self.evicted + n",
        "pending=self.pending - n, stored=self.stored - n",
        "tests/app/test_month_offline.py",
    ),
    Fault(
        "the epoch stays though a store was lost",
        "gateway/store/opening.py",
        "    return _new_epoch(max(known, default=0), clock, by_chance=in_memory",
        "    if known:\n        return max(known)\n    return _new_epoch(max(known, default=0), clock, by_chance=in_memory",
        "tests/gateway/store/test_opening.py::test_a_lost_file_raises_the_epoch_and_the_other_one_knows_it",
    ),
    Fault(
        "a receipt is taken for every event whose number begins like its own",
        "gateway/alerts/outbox.py",
        "return [waiting for waiting in of_alert if waiting.event.seq == seq]",
        "return [waiting for waiting in of_alert if str(waiting.event.seq).startswith(str(seq))]",
    ),
    Fault(
        "numbers are handed out again after a restart",
        "gateway/store/numbers.py",
        "self._kept_alert, self._kept_seq = self.next_alert + AHEAD, self.next_seq + AHEAD",
        "self._kept_alert, self._kept_seq = 0, 0",
    ),
    Fault(
        "a command about an alert of another epoch is carried out",
        BOOK,
        "return alert if alert is not None and alert.epoch == name.epoch else None",
        "return alert",
    ),
    Fault(
        "the memory of a press is not stored with its alert",
        "gateway/alerts/desk.py",
        "referenced=referenced, memories=memories)",
        "referenced=referenced)",
    ),
    Fault(
        "what was not delivered before a restart is forgotten",
        BOOK,
        "            if delivery.channel in self.outboxes:\n",
        "            if False:\n",
    ),
    Fault(
        "what was under way when the link broke is never sent again",
        "gateway/alerts/deliveries.py",
        "        self._outbox.all_due()\n",
        "",
    ),
    Fault(
        "a command is acknowledged before it is carried out",
        "gateway/channels/mqtt/lanes.py",
        "await self._commands.put((message, command))",
        "self._session.ack(message)\n                await self._commands.put((message, command))",
    ),
)

LADDER_FAULTS = (
    Fault(
        "the ladder counts by the wall clock",
        "gateway/moment.py",
        "        if self.boot == earlier.boot:\n",
        "        if False:\n",
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
        "a question leaves by SMS before it is on the disk",
        DESK,
        "            self._book.keep(asked, urgent=True)\n",
        "            self._book.keep(asked)\n",
    ),
    Fault(
        "reminders are lost",
        "gateway/alerts/reminders.py",
        "    return _holds(alert) and _due(alert, now) > _given(alert)\n",
        "    return False\n",
    ),
    Fault(
        "nobody is told that nobody answers while the link is down",
        DESK,
        "        elif level > alert.level:\n",
        "        elif level > alert.level and all(one.carried for one in self._book.outboxes.values()):\n",
    ),
    Fault(
        "a critical alert closes by itself when its cause is gone",
        "gateway/alert.py",
        '(self.condition != "cleared" or self.priority == "critical")',
        'self.condition != "cleared"',
    ),
)


def main() -> int:
    """A line a fault; the table goes to docs/reliability/planted.json."""
    began_s, planted, unplanted = time.monotonic(), [], 0
    with tempfile.TemporaryDirectory(prefix="lifering-breaks-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=NOT_COPIED)
        if found := _seed(tree):
            sys.stdout.write(f"before anything is planted, {found}\n")
            return 1
        for fault in (*NOTHING_LOST, *LADDER_FAULTS):
            found_by, after = _found(tree, fault)
            unplanted += not found_by
            planted.append(figures.Planted(fault=fault.what, where=fault.file, found_by=found_by, after=after))
            sys.stdout.write(f"{found_by or 'NOBODY'} {after}: {fault.what}\n")
            sys.stdout.flush()
    took_s = round(time.monotonic() - began_s)
    made = figures.Figures(command="./dev breaks simulate", made=stamp(), took_s=took_s, planted=planted)
    path = figures.write("planted", made)
    sys.stdout.write(f"{len(planted) - unplanted} of {len(planted)} are found; {path.relative_to(ROOT)}\n")
    return 1 if unplanted else 0


def _found(tree: Path, fault: Fault) -> tuple[str, str]:
    """By what, and after how much."""
    path = tree / fault.file
    whole = path.read_text(encoding="utf-8")
    if fault.text not in whole:
        return "", "its line is gone"
    path.write_text(whole.replace(fault.text, fault.instead, 1), encoding="utf-8")
    try:
        if fault.test:
            return (fault.test, "") if _run(tree, "-m", "pytest", "-q", "-n0", "-x", fault.test).returncode else ("", "")
        seed = _seed(tree)
        return (COMMAND, seed) if seed else ("", "")
    finally:
        path.write_text(whole, encoding="utf-8")


def _seed(tree: Path) -> str:
    run = _run(tree, "-m", "tests.simulation", "--until-found", "--seeds", str(SEEDS), "--days", str(DAYS))
    told = re.search(r"seed (\d+): (.*)", run.stdout)
    return f"seed {told[1]}: {told[2].partition(' (at ')[0]}" if told else ""


def _run(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(tree)}
    return subprocess.run((sys.executable, *arguments), cwd=tree, capture_output=True, text=True, check=False, env=environment)


if __name__ == "__main__":
    sys.exit(main())
