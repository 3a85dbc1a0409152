"""The people of a simulation: those who wear bands, those at the platform, and those on duty with a telephone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from fake_devices.modem import Assembling, FakeModem, LeftSms
from fake_devices.serial_hub import FakeHub
from tests.simulation.broker import SimulatedPlatform
from tests.simulation.choices import Choices
from tests.simulation.loop import SimulationLoop
from tests.simulation.pace import Week
from tests.simulation.story import Story

GATEWAY = "xishan-01"
BANDS = {f"C0:FF:EE:00:00:{n:02X}": f"W-{n:03d}" for n in range(1, 6)}
ON_DUTY = {"wang": "+8613800000001", "li": "+8613800000002", "zhao": "+8613800000003"}
ASKS_AGAIN_S = 90.0  # a command without an answer is sent once more
DAY_S = 86_400
LOOKS_S = 5.0  # until they look at a telephone that has rung


@dataclass
class Press:
    """A key was pressed, and its hub was heard or not (`heard`)."""

    device: str
    at_s: float
    heard: bool


class Wearers:
    """They are measured, and press their keys; `week`: how often."""

    def __init__(
        self, hub: FakeHub, heard: Callable[[], bool], week: Week, choices: Choices, loop: SimulationLoop, story: Story
    ) -> None:
        self.presses: list[Press] = []
        self.on_press: Callable[[], None] = lambda: None
        self._hub, self._heard, self._week, self._loop, self._story = hub, heard, week, loop, story
        self._chance = choices.of("wearers")

    async def live(self) -> None:
        """For ever."""
        calls: dict[Callable[[str], None], float] = {self._is_unwell: 1, self._presses: 3, self._falls: 1, self._jams: 0.1}
        while True:
            await self._week.pause(self._chance, lambda pace: pace.deeds_s)
            deeds = {self._measures: self._week.now.readings} | calls
            (deed,) = self._chance.choices(list(deeds), list(deeds.values()))
            deed(self._chance.choice(list(BANDS)))

    def _measures(self, device: str) -> None:
        self._story.tell(self._loop.time(), "measures", device)
        self._hub.says(device, heart_rate=self._chance.randint(60, 90))

    def _is_unwell(self, device: str) -> None:
        self._story.tell(self._loop.time(), "unwell", device)
        value = self._chance.choice((30, 180))
        for n in range(4):
            self._loop.in_world(n * 20, lambda: self._hub.says(device, heart_rate=value))
        if self._chance.random() < 0.5:
            self._loop.in_world(600, lambda: self._hub.says(device, heart_rate=75))

    def _presses(self, device: str) -> None:
        heard = self._heard()
        self._story.tell(self._loop.time(), "press", f"{device}{'' if heard else ', unheard'}")
        self.presses.append(Press(device, self._loop.time(), heard))
        self._hub.presses(device, records=self._chance.randint(1, 3))
        self.on_press()

    def _falls(self, device: str) -> None:
        self._story.tell(self._loop.time(), "fall", device)
        self._hub.falls(device)
        self.on_press()

    def _jams(self, device: str) -> None:
        for n in range(10):
            self._loop.in_world(n * 3, self._presses, device)


class Dispatchers:
    """At the platform: what they do about an alert is decided when they see it first."""

    def __init__(
        self, platform: SimulatedPlatform, asked_for: set[tuple[str, str, str]], choices: Choices, loop: SimulationLoop
    ) -> None:
        self.on_deed: Callable[[], None] = lambda: None
        self._platform, self._asked_for, self._loop = platform, asked_for, loop
        self._chance = choices.of("dispatchers")
        self._known: set[str] = set()
        self._open: dict[str, Mapping[str, object]] = {}

    def sees(self, event: Mapping[str, object]) -> None:
        """An event that is new at the platform."""
        alert = str(event["id"])
        self._open[alert] = event
        if event["workflow"] in ("resolved", "cancelled") or event["kind"] == "technical":
            self._open.pop(alert)
        elif alert not in self._known:
            self._known.add(alert)
            self._plans(alert)

    def _plans(self, alert: str) -> None:
        chance, at_s = self._chance, self._chance.choice((5, 40, 200, 1500)) * (0.2 + self._chance.random())
        for verb, likely in (
            ("acknowledge", 0.7),
            ("dispatch", 0.6),
            ("on_scene", 0.4),
            (chance.choice(("resolve", "cancel")), 0.9),
        ):
            if chance.random() < likely:
                self._loop.in_world(at_s, self.says, verb, alert)
            at_s += chance.choice((10, 300, 2000)) * chance.random()

    def says(self, verb: str, alert: str) -> None:
        """A command, and once more where no answer comes."""
        actor = f"dispatcher-{self._chance.randint(1, 3)}"
        self._asked_for.add((verb, alert, actor))
        self.on_deed()
        id_ = self._platform.commands(verb, {"alert": alert}, actor)
        self._loop.in_world(ASKS_AGAIN_S, self._repeats, id_, verb, alert, actor, 8)

    def _repeats(self, id_: str, verb: str, alert: str, actor: str, times: int) -> None:
        if id_ not in self._platform.consumer.replies and times:
            self._platform.repeats(id_, verb, {"alert": alert}, actor)
            self._loop.in_world(ASKS_AGAIN_S * 2, self._repeats, id_, verb, alert, actor, times - 1)

    def mistakes(self) -> None:
        """Somebody, or something, says what is of no alert: a number too short, of another gateway, of another time."""
        alerts = sorted(self._known)
        if not alerts:
            return
        right = self._chance.choice(alerts)
        gateway, epoch, number = right.split("/")
        wrong = self._chance.choice(
            (f"{right}0", f"{gateway}/{int(epoch) + 1}/{number}", f"other/{epoch}/{number}", f"{right}#1", right[:-1])
        )
        if wrong not in self._known:
            self._platform.commands("resolve", {"alert": wrong}, "nobody")
            self._platform.confirms([f"{wrong}#{n}" for n in range(3)] + [wrong, 5, ""], "ok")

    async def mornings(self, chance: Random) -> None:
        """For ever: most mornings somebody closes what was left open; what is still open then stays so for days."""
        while True:
            await asyncio.sleep(DAY_S)
            if chance.random() < 0.9:
                self.close_all()

    def close_all(self) -> None:
        """What is still open."""
        for alert in sorted(self._open):
            self.says("resolve", alert)


class OnDuty:
    """They read what comes to their telephones, and answer it, or do not."""

    def __init__(
        self, modem: FakeModem, asked_for: set[tuple[str, str, str]], choices: Choices, loop: SimulationLoop, story: Story
    ) -> None:
        self.on_deed: Callable[[], None] = lambda: None
        self._modem, self._asked_for, self._loop, self._story = modem, asked_for, loop, story
        self._chance: Random = choices.of("on duty")
        self._names = {number: name for name, number in ON_DUTY.items()}
        self._rings = asyncio.Event()
        modem.when_sent = self._rings.set

    async def live(self) -> None:
        """For ever."""
        seen, assembling = 0, Assembling()
        while True:
            await self._rings.wait()
            self._rings.clear()
            await asyncio.sleep(LOOKS_S)
            new = self._modem.parts[seen:]
            seen += len(new)
            for sms in filter(None, map(assembling.take, new)):
                self._reads(sms)

    def _reads(self, sms: LeftSms) -> None:
        self._story.tell(sms.at_s, "sms", f"{self._names.get(sms.number)}: {sms.text[:60]!r}")
        if "Reply 1=" not in sms.text:
            return
        answer = self._chance.choices(("1", "2", "", "what?"), (0.3, 0.2, 0.45, 0.05))[0]
        if answer:
            self._loop.in_world(self._chance.choice((3, 30, 300)) * self._chance.random(), self._answers, sms.number, answer)

    def _answers(self, number: str, text: str) -> None:
        self._story.tell(self._loop.time(), "answers", f"{self._names[number]}: {text}")
        self.answered(self._names[number])
        self._modem.phone_sends(number, text)
        self.on_deed()

    def answered(self, name: str) -> None:
        """Whatever alert it is about."""
        self._asked_for |= {("acknowledge", "", f"sms:{name}"), ("dispatch", "", f"sms:{name}")}

    def stranger(self) -> None:
        """Somebody who is on no list."""
        self._modem.phone_sends("+8613911111111", "1")
