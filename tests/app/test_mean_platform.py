"""Whatever broker and platform do, between reloads, restarts, a dying disk and a clock that steps: all arrives, and once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fake_devices.consumer import Consumer
from tests.app.center import GATEWAY, HUB_BAND, OTHER_BAND, Center, center
from tests.app.mean_platform import MeanPlatform
from tests.simulation.virtual_time import run
from tests.thorough import times

BANDS = (HUB_BAND, OTHER_BAND)
DEEDS = 40  # in one life of the gateway
PERSONS = ("acknowledge", "dispatch", "on_scene", "resolve", "cancel")


@dataclass
class Story:
    """Deeds by chance. `said`: what the bands said, of each band and kind how often."""

    place: Center
    platform: MeanPlatform
    chance: random.Random
    said: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def goes_on(self, deeds: int) -> None:
        """So many of them, after each a moment or a while."""
        choices: dict[Callable[[], None], int] = {
            self._press: 4,
            self._measure: 6,
            self._turn_the_link: 3,
            self._person: 2,
            self._ask_what_is_open: 1,
            self._reload: 1,
            self._turn_the_clock: 1,
            self._turn_the_disk: 1,
            self.platform.changes_its_mood: 2,
        }
        for deed in self.chance.choices(list(choices), list(choices.values()), k=deeds):
            deed()
            await asyncio.sleep(self.chance.random() * self.chance.choice((0.2, 3, 20)))

    def _press(self) -> None:
        band = self.chance.choice(BANDS)
        self.place.hub.presses(band, records=self.chance.randint(1, 3))
        self.said[band, "button"] += 1

    def _measure(self) -> None:
        band = self.chance.choice(BANDS)
        self.place.hub.says(band, heart_rate=self.chance.choice((30, 70, 71, 72, 180)))
        self.said[band, "heart_rate"] += 1

    def _turn_the_link(self) -> None:
        if self.platform.online and self.chance.random() < 0.4:
            self.platform.goes_away()
        else:
            self.platform.comes_back()

    def _person(self) -> None:
        if self.platform.alerts:
            self.platform.commands(self.chance.choice(PERSONS), {"alert": self.chance.choice(self.platform.alerts)})

    def _ask_what_is_open(self) -> None:
        self.platform.commands("snapshot", {"open": self.platform.alerts[-1:], "closed": []})

    def _reload(self) -> None:
        need = self.chance.choice(("puback", "receipt"))
        self.place.mqtt = {"host": self.chance.choice(("a.example", "b.example")), "readings_need": need}
        self.place.writes_config()
        self.place.hang_ups.happened()

    def _turn_the_clock(self) -> None:
        self.place.clock.step_wall(self.chance.choice((-3600, -5, 0, 3600, 86_400)))

    def _turn_the_disk(self) -> None:
        disk = self.place.disk
        disk.dead, disk.mute = not disk.dead, self.chance.random() < 0.5

    async def mends_the_disk(self) -> None:
        """And the gateway has seen it."""
        self.place.disk.dead = self.place.disk.mute = False
        await asyncio.sleep(15)


def told(folder: Path, seed: int) -> tuple[Consumer, Counter[tuple[str, str]]]:
    """The platform at the end of the story of this seed, and what the bands said in it."""

    async def whole() -> tuple[Consumer, Counter[tuple[str, str]]]:
        async with center(folder) as place:
            place.platform = platform = MeanPlatform(GATEWAY, random.Random(seed))
            story = Story(place, platform, platform.chance)
            beats = platform.consumer.heartbeats
            async with place.runs():
                await story.goes_on(DEEDS)
                await story.mends_the_disk()
            async with place.runs():
                await story.goes_on(DEEDS)
                await story.mends_the_disk()
                platform.relents()
                before = len(beats)
                await place.comes(lambda: len(beats) > before and set(queued(beats[-1]).values()) == {0}, within_s=3_600)
            return platform.consumer, story.said

    return run(whole(), seed)


@pytest.mark.parametrize("seed", range(times(2, 400)))
@pytest.mark.fault(
    "broker",
    "link, platform, disk, clock, broker and people at random, on a virtual clock",
    promise="each press and each reading arrives once",
)
def test_whatever_happens_each_press_and_each_reading_arrives_once(tmp_path: Path, seed: int) -> None:
    consumer, said = told(tmp_path, seed)

    assert Counter((one["device"], one["kind"]) for one in consumer.readings()) == said
    assert consumer.faults == []
    pressed = {one["device"] for one in consumer.events.values() if one["kind"] == "sos"}
    assert pressed == {band for band, kind in said if kind == "button"}


def test_the_same_seed_is_the_same_story(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()

    assert told(first, 1)[0].arrivals == told(second, 1)[0].arrivals


def queued(beat: dict[str, dict[str, int]]) -> dict[str, int]:
    """What still waits."""
    return {what: number for what, number in beat["queued"].items() if what != "oldest_s"}
