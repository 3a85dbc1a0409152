"""kill -9 at random moments of a flow of 200 readings/s, the broker away half of the time: no SOS is lost, no account is wrong.

A few kills by default; `./dev kill` (LIFERING_KILLS=20) does twenty. What the dead process had not read from the line is
written again, and the hub repeats a press as the real one does; nothing else helps the gateway. What it had read a tenth of a
second before, as long as there was a processor for it, must be there.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon, bands
from tests.mosquitto import Mosquitto
from tests.own_time import held_up_s
from tests.slow_disk import SlowDisk

KILLS = int(os.environ.get("LIFERING_KILLS", "3"))
SEED = int(os.environ.get("LIFERING_SEED", "7"))
RECORDS_PER_S = 100  # of two readings each
PRESS_CHANCE = 0.04  # that a record is a press
ROUND_S = (0.7, 2.2)
# Of the readings' file, so that many a kill comes while a commit is under way. Not of the alerts': a press that no sync has
# brought to the disk is lost by a kill once the hub has told it for the third time, 0.6 s after the first.
SYNC_S = 0.25
LOST_S = 0.1  # what a kill may take along: what was read in the last tenth of a second


class Story:
    """What the bands did: every record has a number of its own, which it carries as its steps."""

    def __init__(self, hub: FakeHub, roster: list[Band], chance: random.Random) -> None:
        self._hub, self._roster, self._chance = hub, roster, chance
        self.records = 0
        self.presses: Counter[str] = Counter()

    async def goes_on(self, seconds: float) -> None:
        """One record after the other, evenly spaced in real time: it is a moment of it at which the kill comes."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for number in range(int(seconds * RECORDS_PER_S)):
            await asyncio.sleep(begun + number / RECORDS_PER_S - loop.time())
            self._record(self._chance.choice(self._roster).address)

    def _record(self, band: str) -> None:
        self.records += 1
        if self._chance.random() < PRESS_CHANCE:
            self._hub.presses(band, heart_rate=70, steps=self.records)
            self.presses[band] += 1
        else:
            self._hub.says(band, heart_rate=70, steps=self.records)


@pytest.fixture
def roster() -> list[Band]:
    return bands(100)


@pytest.mark.slow
@pytest.mark.timeout(600 + 15 * KILLS)
@pytest.mark.fault(
    "process",
    "kill -9 at random moments of 200 readings/s, the broker away half of the time",
    promise="every press once, every account exact",
    figure="kill",
)
async def test_every_press_is_delivered_once_and_every_account_adds_up_over_kills(
    tmp_path: Path, daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], broker: Mosquitto
) -> None:
    daemon.environment = SlowDisk(tmp_path, SYNC_S, of="readings.db").environment  # from the first kill on
    chance = random.Random(SEED)
    story = Story(hub, roster, chance)
    last_of_round: list[int] = []
    must_be_there: set[int] = set()

    for round_ in range(KILLS):
        read = await one_round(story, daemon, hub, broker, away=round_ % 2 == 1, seconds=chance.uniform(*ROUND_S))
        must_be_there.update(range(max(last_of_round, default=0) + 1, read + 1))
        last_of_round.append(story.records)
    await story.goes_on(1)
    await platform.wait_for(lambda: pressed(platform) >= story.presses, what="every press")
    await platform.wait_for(lambda: story.records in dict(numbered(platform)), what="the last record")
    await daemon.stop()
    await daemon.start()  # which sends a heartbeat
    await platform.wait_for(lambda: settled(platform), what="an account with nothing pending")

    there = dict(numbered(platform))
    lost = story.records - len(there)
    print(f"seed {SEED}: {KILLS} kills, {story.records} records, {story.presses.total()} presses, {lost} records lost")
    assert pressed(platform) == story.presses
    assert len({reading["id"].rpartition("/")[0] for reading in platform.consumer.readings()}) == 1, "no store is begun anew"
    assert must_be_there - there.keys() == set(), "they were read a tenth of a second before a kill"
    assert platform.consumer.faults == []
    assert sequences_by_round(platform, last_of_round) == sorted(sequences_by_round(platform, last_of_round))
    assert "critical" not in {line.get("level") for line in daemon.log()}


async def one_round(story: Story, daemon: Daemon, hub: FakeHub, broker: Mosquitto, *, away: bool, seconds: float) -> int:
    """The last record that was read LOST_S before the kill."""
    if away:
        broker.stop()
    await story.goes_on(seconds)
    await hub.line.taken()
    read = story.records
    await lives_for(LOST_S, story, daemon)
    await daemon.kill()
    hub.line.hold()
    if away:
        broker.start()
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    hub.line.resume()
    return read


async def lives_for(seconds: float, story: Story, daemon: Daemon) -> None:
    """The story goes on, and the daemon has had a processor for so long whenever it wanted one."""
    begun_s, waited_s = time.monotonic(), held_up_s(daemon.pid)
    while time.monotonic() - begun_s < seconds + held_up_s(daemon.pid) - waited_s:
        await story.goes_on(1 / RECORDS_PER_S)
        await asyncio.sleep(1 / RECORDS_PER_S)


def pressed(platform: Platform) -> Counter[str]:
    """How many presses of each band the platform knows of, by the ids of their readings."""
    shown = {reading["id"]: reading for event in platform.consumer.events.values() for reading in event["readings"]}
    shown |= {reading["id"]: reading for reading in platform.consumer.readings()}
    return Counter(reading["device"] for reading in shown.values() if reading["kind"] == "button")


def settled(platform: Platform) -> Mapping[str, int] | None:
    """The counts of a heartbeat with nothing pending."""
    counts: Mapping[str, int] = platform.consumer.heartbeats[-1]["counts"]
    return counts if counts["pending"] == 0 else None


def numbered(platform: Platform) -> list[tuple[int, int]]:
    """The number of each record that came, and the sequence number it was given."""
    return [
        (reading["value"], int(reading["id"].rsplit("/", 1)[1]))
        for reading in platform.consumer.readings()
        if reading["kind"] == "steps"
    ]


def sequences_by_round(platform: Platform, last_of_round: list[int]) -> list[int]:
    """The lowest and the highest sequence number of each round that left any, in the order of the rounds."""
    edges: list[int] = []
    for first, last in pairwise([0, *last_of_round]):
        given = [sequence for number, sequence in numbered(platform) if first < number <= last]
        edges += [min(given), max(given)] if given else []
    return edges
