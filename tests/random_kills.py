"""kill -9 at random moments of the whole way from the key to a person, the broker and the modem up and down: real processes.

python -m tests.random_kills [--runs N] [--seed S] [--jobs N] [--minutes M] [--json]

A run is a center of its own for half a minute: somebody presses, people on duty are asked by SMS and answer or do not, and at
the end the platform closes everything. Timings are the shortest that a configuration may have. A run is the same story for the
same seed, but not the same moment: that is the machine's.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fake_devices.modem import FakeModem, LeftSms
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import PYTHON, Band, Daemon, bands, configuration
from tests.mosquitto import Mosquitto
from tests.progress import Progress
from tests.reliability.figures import Figures, Row, write
from tests.reliability.stamp import stamp
from tests.until import until

PHONES = {"wang": "+8613800000001", "li": "+8613800000002"}
NAMES = {number: name for name, number in PHONES.items()}
RECEIPT_S = 10
DUTY = f"""
[duty]
phones_file = "duty.csv"
receipt_s = {RECEIPT_S}
person_s = 15
again_s = 30
repeat_s = 30
next_phone_s = 20
"""
STORY_S = 24.0
RUNS = 500
LATE_S = 2.0  # the modem writes, the network takes its time
STARTING_S = 40.0  # of the daemon and the modem, on a machine that others use
SETTLE_S = 90.0
NEAR_S = 3.0  # a message that left so near to a kill, or to the end: the modem may not have said so yet, and nobody can know


@dataclass
class Outcome:
    """What a run came to. `faults`: what must not be; `again`: messages that went twice since nobody could know."""

    seed: int
    kills: int = 0
    presses: int = 0
    questions: int = 0
    again: int = 0
    first_after_s: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def must(self, holds: object, fault: str) -> None:
        """Else it is one."""
        if not holds:
            self.faults.append(fault)


class Center:
    """One run. All that is random about it is decided before it begins."""

    def __init__(
        self, seed: int, daemon: Daemon, hub: FakeHub, broker: Mosquitto, modem: FakeModem, platform: Platform
    ) -> None:
        self._daemon, self._hub, self._broker = daemon, hub, broker
        self._modem, self._platform = modem, platform
        self._chance = random.Random(seed)
        self._loop = asyncio.get_running_loop()
        self.outcome = Outcome(seed)
        self.pressed: dict[str, float] = {}  # by device, when
        self._down: list[tuple[float, float]] = []  # since when, until when there was no daemon
        self._no_link: tuple[float, float] | None = None
        self._no_modem: list[float] = []
        self._replied = False
        self._closing_s = 0.0  # when the platform began to close what is open
        self._living = asyncio.Lock()

    async def plays(self, roster: list[Band]) -> None:
        """The story."""
        chance = self._chance
        await self._daemon.start()
        await self._daemon.has_opened(self._hub.line.path)
        if chance.random() < 0.8:
            await until(lambda: "AT+CNMI" in "".join(self._modem.brain.commands), STARTING_S)
        async with asyncio.TaskGroup() as tasks:
            for band in chance.sample(roster, chance.randint(1, 3)):
                tasks.create_task(self._press(band, chance.uniform(0, 8)))
            for _ in range(chance.randint(1, 3)):
                tasks.create_task(self._kill(chance.uniform(0, STORY_S)))
            if chance.random() < 0.5:
                tasks.create_task(self._kill_at_the_modem(chance.uniform(0, 0.4)))
            if chance.random() < 0.8:
                how = chance.choice(["frozen", "stopped"])
                tasks.create_task(self._breaks_link(how, chance.uniform(0, 3), chance.uniform(8, STORY_S)))
            if chance.random() < 0.3:
                tasks.create_task(self._pulls_out_modem(chance.uniform(5, 15), chance.uniform(1, 6)))
            if chance.random() < 0.5:
                tasks.create_task(self._replies(chance.choice("1112"), chance.uniform(0, 4)))
            tasks.create_task(asyncio.sleep(STORY_S))

    async def _press(self, band: Band, at_s: float) -> None:
        await asyncio.sleep(at_s)
        async with self._living:  # a band that nobody hears is another matter
            self._hub.presses(band.address, heart_rate=88)
            self.pressed[band.address] = self._loop.time()
            self.outcome.presses += 1

    async def _kill(self, at_s: float) -> None:
        await asyncio.sleep(at_s)
        async with self._living:
            since_s = self._loop.time()
            await self._daemon.kill()
            self.outcome.kills += 1
            self._hub.line.hold()
            await self._daemon.start()
            await self._daemon.has_opened(self._hub.line.path)
            self._hub.line.resume()
            self._down.append((since_s, self._loop.time()))

    async def _kill_at_the_modem(self, after_s: float) -> None:
        """While a message is on its way to it, or just was."""
        try:
            await until(lambda: any("CMGS" in command for command in self._modem.brain.commands), STORY_S)
        except TimeoutError:
            return  # nobody had to be asked
        await self._kill(after_s)

    async def _breaks_link(self, how: str, from_s: float, until_s: float) -> None:
        await asyncio.sleep(from_s)
        (self._broker.freeze if how == "frozen" else self._broker.stop)()
        since_s = self._loop.time()
        await asyncio.sleep(until_s - from_s)
        self._no_link = (since_s, self._loop.time())
        (self._broker.thaw if how == "frozen" else self._broker.start)()

    async def _pulls_out_modem(self, from_s: float, for_s: float) -> None:
        await asyncio.sleep(from_s)
        self._no_modem.append(self._loop.time())
        self._modem.vanishes()
        await asyncio.sleep(for_s)
        self._modem.comes_back()

    async def _replies(self, text: str, after_s: float) -> None:
        try:
            await until(lambda: self.questions, STORY_S)
        except TimeoutError:
            return
        await asyncio.sleep(after_s)
        self._modem.phone_sends(self.questions[0].number, text)
        self._replied = True

    @property
    def questions(self) -> list[LeftSms]:
        """What people on duty were asked."""
        return [sms for sms in self._modem.left if "Reply 1=" in sms.text]

    # --- what came of it ----------------------------------------------------------------------------------------------

    async def ends(self) -> None:
        """The platform closes what is open; then everything is looked at."""
        told = {device: await self._platform.alert(kind="sos", device=device, limit_s=SETTLE_S) for device in self.pressed}
        self._closing_s = self._loop.time()
        asked = [self._platform.resolves(alert["id"]) for alert in told.values()]
        for command in asked:
            await self._platform.reply(command, limit_s=SETTLE_S)
        closed = [await self._platform.alert("resolved", id=alert["id"], limit_s=SETTLE_S) for alert in told.values()]
        self._looks_at_alerts(told)
        self._looks_at_questions(closed)
        self._looks_at_time(told)
        await self._daemon.stop()
        self.outcome.must(await self._chain_holds(), "the chain of the events is broken")
        self.outcome.must(not self._platform.consumer.faults, f"against the contract: {self._platform.consumer.faults[:2]}")
        self.outcome.must("critical" not in {line.get("level") for line in self._daemon.log()}, "the daemon gave up")

    def _looks_at_alerts(self, told: dict[str, Any]) -> None:
        events = [event for event in self._platform.consumer.events.values() if event["kind"] == "sos"]
        ids = {(event["device"], event["id"]) for event in events}
        self.outcome.must(len(ids) == len(told), f"{len(told)} presses, {len(ids)} alerts")
        presses = {one["id"] for event in events for one in event["readings"] if one["kind"] == "button"}
        self.outcome.must(len(presses) == len(told), f"{len(told)} presses have {len(presses)} readings")

    def _looks_at_questions(self, closed: list[Any]) -> None:
        """Each step is one message, but where a kill or a pulled plug leaves open whether it went.

        A message that is under way when the platform closes its alert is in no event.
        """
        self.outcome.questions = len(self.questions)
        went: dict[tuple[str, str], list[float]] = {}
        for sms in self.questions:
            for number in re.findall(r"#(A\d+)", sms.text):
                went.setdefault((NAMES[sms.number], number), []).append(sms.at_s)
        unsure = [since_s for since_s, _ in self._down] + self._no_modem
        for event in closed:
            steps = Counter(one["phone"] for one in event.get("second_path", ()))
            for name in PHONES:
                times = went.get((name, event["id"].rpartition("/")[2]), [])
                more = len(times) - steps[name]
                unknown = {at_s for at_s in times if any(abs(at_s - doubt_s) <= NEAR_S for doubt_s in unsure)}
                unknown |= {at_s for at_s in times[-1:] if at_s >= self._closing_s - NEAR_S}
                self.outcome.again += max(0, min(more, len(times) - 1))
                self.outcome.must(more <= len(unknown), f"{name} was told {len(times)} times of {steps[name]} steps")

    def _looks_at_time(self, told: dict[str, Any]) -> None:
        """Of presses without a receipt: the first question comes in time, also where the gateway was killed meanwhile."""
        for device, alert in told.items():
            pressed_s, number = self.pressed[device], alert["id"].rpartition("/")[2]
            due_s = pressed_s + RECEIPT_S
            slack_s = LATE_S + sum(until_s - since_s for since_s, until_s in self._down if since_s <= due_s + LATE_S)
            slack_s += STARTING_S if self._down or self._no_modem else 0
            if self._no_link is None or self._no_link[0] > pressed_s or self._no_link[1] < due_s + slack_s or self._replied:
                continue
            first = min((sms.at_s for sms in self.questions if f"#{number}" in sms.text), default=None)
            self.outcome.must(first is not None, f"nobody was asked about {number}")
            if first is not None:
                self.outcome.first_after_s.append(first - pressed_s)
                self.outcome.must(first - due_s >= -0.1, f"asked after {first - pressed_s:.1f} s: too soon")
                self.outcome.must(first - due_s <= slack_s, f"asked after {first - pressed_s:.1f} s: too late")

    async def _chain_holds(self) -> bool:
        process = await asyncio.create_subprocess_exec(
            *(PYTHON, "-m", "gateway", "export", "alerts", "--verify", "--config", str(self._daemon.config_file)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        return await process.wait() == 0


async def run(seed: int, folder: Path) -> Outcome:
    """One run in this folder, which is empty."""
    roster = bands(6)
    (folder / "data").mkdir()
    (folder / "duty.csv").write_text("name,phone\n" + "".join(f"{name},{number}\n" for name, number in PHONES.items()))
    with Mosquitto(folder) as broker:
        async with (
            FakeHub(folder / "hub") as hub,
            FakeModem(folder / "modem") as modem,
            Platform(broker.platform_port) as platform,
        ):
            config = configuration(folder / "data", broker_port=broker.port, hub=hub.line.path, roster=roster)
            async with Daemon(folder, config + DUTY + f'[modem]\nport = "{folder / "modem"}"\n') as daemon:
                center = Center(seed, daemon, hub, broker, modem, platform)
                try:
                    await center.plays(roster)
                    await center.ends()
                except (TimeoutError, AssertionError) as error:
                    center.outcome.faults.append(f"{type(error).__name__}: {error}")
                return center.outcome


async def _runs(seeds: list[int], jobs: int, until_s: float) -> list[Outcome]:
    outcomes: list[Outcome] = []
    turns, progress = asyncio.Semaphore(jobs), Progress()
    progress.counts(0, len(seeds), "stories")

    async def one(seed: int) -> None:
        async with turns:
            if time.monotonic() > until_s:
                return
            with tempfile.TemporaryDirectory(prefix="lifering-kills-") as folder:
                try:
                    outcome = await run(seed, Path(folder))
                except Exception as error:  # a run that breaks has failed, the others go on
                    outcome = Outcome(seed, faults=[f"{type(error).__name__}: {error}"])
        outcomes.append(outcome)
        progress.says(said(outcome))
        progress.counts(len(outcomes), len(seeds), f"stories, {sum(bool(one.faults) for one in outcomes)} with faults")

    async with asyncio.TaskGroup() as tasks:
        for seed in seeds:
            tasks.create_task(one(seed))
    progress.clear()
    return outcomes


def said(outcome: Outcome) -> str:
    """In a line."""
    first = ", ".join(f"{after_s:.1f} s" for after_s in outcome.first_after_s)
    return (
        f"seed {outcome.seed}: {outcome.kills} kills, {outcome.presses} presses, {outcome.questions} questions"
        f"{f', first after {first}' if first else ''}{f', {outcome.again} told again' if outcome.again else ''}"
        f"{'; FAULTS: ' + '; '.join(outcome.faults) if outcome.faults else ''}"
    )


def main() -> int:
    """1: something must not be as it was."""
    parser = argparse.ArgumentParser(prog="./dev kill random", description="kill -9 from the key to a person, at random.")
    parser.add_argument("--runs", type=int, default=RUNS, help="how many (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the first run; the others count on (%(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time (%(default)s)")
    parser.add_argument("--minutes", type=float, default=1440, help="no run begins later; what was done by then is told")
    parser.add_argument("--json", action="store_true", help="write the figures to docs/reliability/kill-random.json")
    options = parser.parse_args()
    made, began_s = stamp(), time.monotonic()
    seeds = list(range(options.seed, options.seed + options.runs))
    outcomes = asyncio.run(_runs(seeds, options.jobs, began_s + 60 * options.minutes))
    failed = [outcome for outcome in outcomes if outcome.faults]
    print(
        f"{len(outcomes)} runs: {sum(one.kills for one in outcomes)} kills, {sum(one.presses for one in outcomes)} presses, "
        f"{sum(one.questions for one in outcomes)} questions, {sum(one.again for one in outcomes)} told again because nobody "
        f"could know; {len(failed)} runs with faults{': ' if failed else ''}{', '.join(str(one.seed) for one in failed)}"
    )
    if options.json:
        command = " ".join(["./dev kill random", *(argument for argument in sys.argv[1:] if argument != "--json")])
        took_s = round(time.monotonic() - began_s)
        write("kill-random", Figures(command=command, made=made, took_s=took_s, rows=[_figure(outcomes)]))
    return 1 if failed else 0


def _figure(outcomes: list[Outcome]) -> Row:
    """For the page on what breaks."""
    return Row(
        name="kill -9 at random moments from the key to a person; broker and modem come and go",
        kind="process",
        promise="every press is told, somebody is asked in time, nobody twice without need",
        tried=sum(one.kills for one in outcomes),
        other=sum(len(one.faults) for one in outcomes),
        said=f"{len(outcomes)} stories, {sum(one.presses for one in outcomes)} presses, "
        f"{sum(one.questions for one in outcomes)} questions",
    )


if __name__ == "__main__":
    sys.exit(main())
