"""What each wearer is doing, from all that their bands tell: walking, still, asleep, and which band is not on the wrist. Pure.

A band that says `worn: false` or `charging: true` speaks of itself: what it measures from then on, and in the minute before,
counts for no rule, until it says the contrary. Steps of any band that is worn tell of the wearer. All times are the wall
clock in ms (UTC); readings may come late and in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import NamedTuple

import msgspec
from msgspec import Struct, field

from drivers.driver import SensorTraits
from gateway.readings import Reading
from gateway.rules.said_state import SaidState
from gateway.rules.situation import Situation
from gateway.rules.step_count import KNOWN_MS, Motion, StepCount

BEFORE_MS = 60_000  # a band is off before it knows it
UNIT_S = 10.0  # how finely stillness is told
ASLEEP_S = 30 * 60  # so long without a step
NIGHT_FROM, NIGHT_TO = 21, 7  # o'clock, local
QUARTER_MS = 15 * 60_000  # every zone's offset is a multiple of it
SPEAKING = frozenset({"worn", "charging", "steps"})  # the kinds that tell of the situation
NAME = "situation/"

Traits = Callable[[Reading], SensorTraits]


class Discard(NamedTuple):
    """What this device measured from `from_ms` until before `until_ms` counts for nothing; None: until further notice."""

    device: str
    from_ms: int
    until_ms: int | None


class Judged(Struct, frozen=True, gc=False):
    """Of one reading: what the wearer did then, whether its device is worn, and what of it counts no more."""

    situation: Situation
    counts: bool = True
    discard: Discard | None = None


class _Device(Struct, array_like=True):
    """What is remembered of one band of one wearer; since `since_ms` nothing else than `off_now` was said of where it is."""

    worn: SaidState = field(default_factory=SaidState)
    charging: SaidState = field(default_factory=SaidState)
    steps: StepCount = field(default_factory=StepCount)
    since_ms: int = 0
    off_now: bool = False

    def settle(self) -> None:
        """After a word: what holds now."""
        runs = self.worn.runs[-1:] + self.charging.runs[-1:]
        self.since_ms = max((run.first_ms for run in runs), default=0)
        self.off_now = _holds(self.worn, False, self.since_ms) or _holds(self.charging, True, self.since_ms)

    def off(self, at_ms: int) -> bool:
        """Whether it is not on the wrist at this time, or will be found off within a minute."""
        if at_ms >= self.since_ms:
            return self.off_now
        return _holds(self.worn, False, at_ms) or _holds(self.charging, True, at_ms)


def _holds(state: SaidState, said: bool, at_ms: int) -> bool:
    return state.at(at_ms) is said or state.starts_within(said, at_ms, at_ms + BEFORE_MS)


class _Asked(Struct, gc=False):
    """Of one device of one wearer: what is said of it where nothing is known but values, and the last answer while it holds."""

    plain: Judged
    from_ms: int = 0
    to_ms: int = 0
    answer: Judged | None = None


class WearerSituations:
    """Fed with every reading of every kind, in the order in which they come.

    `traits` tells what the driver, or the roster's model, says of the device of a reading; it is asked once a device.
    """

    def __init__(self, traits: Traits, zone: tzinfo) -> None:
        self._traits, self._zone = traits, zone
        self._wearers: dict[str, dict[str, _Device]] = {}
        self._asked: dict[str, dict[tuple[str, str], _Asked]] = {}  # wearer -> (device, driver)
        self._changed: set[str] = set()
        self._night: tuple[int, bool] = (-1, False)

    def use(self, traits: Traits, zone: tzinfo) -> None:
        """Another roster or zone from now on."""
        self._traits, self._zone = traits, zone
        self._asked.clear()
        self._night = (-1, False)

    def forget_sensors(self) -> None:
        """The roster has changed: what each device is like is asked again."""
        self._asked.clear()

    def take(self, reading: Reading, now_ms: int) -> Judged:
        """What this reading tells of its wearer, and what the wearer did when it was measured."""
        at_ms = reading.at_ms if reading.at_ms <= now_ms else now_ms
        discard = self._learn(reading, at_ms) if reading.kind in SPEAKING else None
        of_wearer = self._asked.get(reading.wearer)
        asked = of_wearer.get((reading.device, reading.driver)) if of_wearer is not None else None
        if asked is None:
            asked = self._begin(reading)
        elif asked.from_ms <= at_ms < asked.to_ms and asked.answer is not None and discard is None:
            return asked.answer
        devices = self._wearers.get(reading.wearer)
        if devices is None:
            return asked.plain
        return self._judge(reading.device, devices, asked, at_ms, discard)

    def _begin(self, reading: Reading) -> _Asked:
        asked = _Asked(Judged(Situation(sensor=self._traits(reading))))
        self._asked.setdefault(reading.wearer, {})[reading.device, reading.driver] = asked
        return asked

    def _learn(self, reading: Reading, at_ms: int) -> Discard | None:
        """What the band says of itself, or of the wearer's steps."""
        if not reading.valid:
            return None
        devices = self._wearers.setdefault(reading.wearer, {})
        device = devices.get(reading.device)
        if device is None:
            device = devices[reading.device] = _Device()
        self._changed.add(reading.wearer)
        self._ask_anew(reading.wearer)
        if reading.kind == "steps":
            if isinstance(reading.value, int | float) and not device.off(at_ms):
                device.steps.take(at_ms, int(reading.value))
            return None
        state, off = (device.worn, False) if reading.kind == "worn" else (device.charging, True)
        said = bool(reading.value)
        changed = state.say(at_ms, said)
        device.settle()
        if not changed or said is not off:
            return None
        began_ms, until_ms = state.since(at_ms)
        device.steps.discard(began_ms - BEFORE_MS, until_ms)
        return Discard(reading.device, began_ms - BEFORE_MS, until_ms)

    def _ask_anew(self, wearer: str) -> None:
        for asked in self._asked.get(wearer, {}).values():
            asked.answer = None

    def _judge(self, name: str, devices: dict[str, _Device], asked: _Asked, at_ms: int, discard: Discard | None) -> Judged:
        device = devices.get(name)
        counts = device is None or not device.off(at_ms)
        motion = _motion(devices, at_ms)
        if motion is None:
            return asked.plain if counts and discard is None else Judged(asked.plain.situation, counts, discard)
        still_s = motion.still_s // UNIT_S * UNIT_S
        situation = Situation(
            steps_5min=motion.steps,
            still_s=still_s,
            asleep=still_s >= ASLEEP_S and self._is_night(at_ms),
            sensor=asked.plain.situation.sensor,
        )
        judged = Judged(situation, counts, discard)
        if not motion.steps and discard is None and len(devices) == 1:
            self._remember(asked, judged, devices, at_ms, round((motion.still_s - still_s) * 1000))
        return judged

    def _remember(self, asked: _Asked, judged: Judged, devices: dict[str, _Device], at_ms: int, into_ms: int) -> None:
        """Who is still is asked for with every pulse: the answer holds for the rest of these seconds."""
        (device,) = devices.values()
        known_ms = device.steps.runs[-1].last_ms + KNOWN_MS + 1
        night_ms = (at_ms // QUARTER_MS + 1) * QUARTER_MS
        if at_ms >= max(device.since_ms, device.steps.runs[-1].first_ms):
            asked.answer, asked.from_ms = judged, at_ms
            asked.to_ms = min(at_ms - into_ms + round(UNIT_S * 1000), known_ms, night_ms)

    def _is_night(self, at_ms: int) -> bool:
        """Whether it is night where the wearers live."""
        quarter = at_ms // QUARTER_MS
        if quarter != self._night[0]:
            hour = datetime.fromtimestamp(quarter * QUARTER_MS / 1000, self._zone).hour
            self._night = (quarter, hour >= NIGHT_FROM or hour < NIGHT_TO)
        return self._night[1]

    def forget(self, wearer: str) -> None:
        """Nothing of this wearer is known any more."""
        if self._wearers.pop(wearer, None) is not None:
            self._changed.add(wearer)
        self._asked.pop(wearer, None)

    def clock_stepped(self, by_ms: int) -> None:
        """The wall clock was set: nothing is longer ago for it."""
        for wearer, devices in self._wearers.items():
            self._changed.add(wearer)
            self._ask_anew(wearer)
            for device in devices.values():
                device.worn.shift(by_ms)
                device.charging.shift(by_ms)
                device.steps.shift(by_ms)
                device.settle()

    def memory(self) -> Mapping[str, bytes]:
        """What has changed since the last call and must survive a restart, by name; empty bytes: nothing is left of it."""
        changed = {
            NAME + wearer: msgspec.json.encode(self._wearers[wearer]) if wearer in self._wearers else b""
            for wearer in self._changed
        }
        self._changed.clear()
        return changed

    def load(self, memory: Mapping[str, bytes]) -> None:
        """What an earlier life remembered. What is damaged is left aside."""
        for name, content in memory.items():
            if name.startswith(NAME) and content:
                try:
                    self._wearers[name.removeprefix(NAME)] = msgspec.json.decode(content, type=dict[str, _Device])
                except msgspec.MsgspecError:
                    continue


def _motion(devices: dict[str, _Device], at_ms: int) -> Motion | None:
    """Of all bands of a wearer: who walks by one of them walks."""
    if len(devices) == 1:
        for device in devices.values():
            return device.steps.motion(at_ms) if device.steps.runs else None
    known = [motion for device in devices.values() if device.steps.runs and (motion := device.steps.motion(at_ms))]
    if not known:
        return None
    return Motion(max(motion.steps for motion in known), min(motion.still_s for motion in known))
