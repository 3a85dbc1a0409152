"""One planted event with all about it: what stood before, what people did, the hour, whether the wearer moved. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, product
from random import Random
from typing import ClassVar, Literal, NamedTuple

from msgspec import structs

from drivers.measurement import BloodPressure, Value
from gateway.readings import Reading
from tests.ward.band import DAY_MS, MIDNIGHT_MS
from tests.ward.planted import Loss, Planted, Stretch

Standing = Literal["none", "warning", "critical"]
Handling = Literal["open", "resolved", "closed"]  # resolved: while it still held; closed: after it was over
Motion = Literal["still", "moving", "unknown"]

EVERY_S: tuple[float, ...] = (5, 15, 60, 300, 600, 1800)
OXYGEN_EVERY_S: tuple[float, ...] = (4, 15, 60, 120, 300, 600)
HOUR_MS = 3_600_000
DRIVERS = {"band": "serial-hub", "ring": "colmi-ring", "cuff": "omron-bp", "thermometer": "ble-thermometer"}
WEARER = "P-1"


class Setting(NamedTuple):
    """Where an event is planted."""

    every_s: float
    standing: Standing
    handling: Handling
    night: bool
    motion: Motion
    seed: int


class Scene(NamedTuple):
    """What comes before the event, in it, and after; people do what `setting.handling` says when it begins."""

    setting: Setting
    before: list[Reading]
    event: list[Reading]
    after: list[Reading]
    begin_ms: int
    end_ms: int


def settings(planted: Planted, number: int, seed: int) -> Iterator[Setting]:
    """So many, spread evenly over all there are."""
    own = planted.device in ("cuff", "thermometer")
    every = (86_400.0,) if own else OXYGEN_EVERY_S if planted.kind == "oxygen_saturation" else EVERY_S
    motions: tuple[Motion, ...] = ("still",) if own else ("still", "still", "moving", "unknown")
    standings: tuple[tuple[Standing, Handling], ...] = (
        ("none", "open"),
        ("warning", "open"),
        ("warning", "resolved"),
        ("warning", "closed"),
        ("critical", "open"),
        ("critical", "resolved"),
        ("critical", "closed"),
    )
    every_setting = list(product(every, standings, (False, True), motions))
    Random(seed).shuffle(every_setting)
    for place, (every_s, (standing, handling), night, motion) in zip(range(number), cycle(every_setting), strict=False):
        yield Setting(every_s, standing, handling, night, motion, seed * 100_000 + place)


def scene(planted: Planted, setting: Setting) -> Scene:
    """Plays it out."""
    return (_Measured if planted.values else _Worn)(planted, setting).scene()


class _Worn:
    """Of a band or a ring, that measures by itself."""

    NORMAL: ClassVar = {"heart_rate": ((72, 60), 2.0), "oxygen_saturation": ((97, 96), 0.6)}
    PRIOR: ClassVar = {
        ("heart_rate", "warning"): (120.0, 120.0),
        ("heart_rate", "critical"): (151.0, 33.0),
        ("oxygen_saturation", "warning"): (89.6, 89.6),
        ("oxygen_saturation", "critical"): (84.0, 84.0),
    }

    def __init__(self, planted: Planted, setting: Setting) -> None:
        self._planted, self._setting, self._chance = planted, setting, Random(setting.seed)
        self._steps = 0.0
        self._at_ms = MIDNIGHT_MS + (2 if setting.night else 13) * HOUR_MS
        self._sample_ms = self._at_ms + round(1000 * self._chance.uniform(0, setting.every_s))

    def scene(self) -> Scene:
        planted, setting, chance = self._planted, self._setting, self._chance
        (by_day, by_night), spread = self.NORMAL[planted.kind]
        normal = by_night if setting.night else by_day
        every_s = setting.every_s
        before = self._stretch(Stretch(max(2100, 5 * every_s), normal, spread), moving=False)
        if setting.standing != "none":
            level = chance.choice(self.PRIOR[planted.kind, setting.standing])
            before += self._stretch(Stretch(max(1500, 6 * every_s), level), moving=False)
            if setting.handling == "closed":
                before += self._stretch(Stretch(max(1200, 4 * every_s), normal, spread), moving=False)
        begin_ms = self._at_ms
        event = []
        for stretch in planted.stretches:
            if planted.loss:
                event += self._lost(planted.loss, stretch)
                continue
            event += self._stretch(stretch, moving=setting.motion == "moving", lost=planted.lost)
        end_ms = self._at_ms
        after = self._stretch(Stretch(max(1500, 3 * every_s), normal, spread), moving=False)
        if planted.loss == "off_wrist":
            after.insert(0, _reading("band", "worn", True, end_ms + 1))
        return Scene(setting, before, event, after, begin_ms, end_ms)

    def _lost(self, loss: Loss, stretch: Stretch) -> list[Reading]:
        """What comes of a band that is not heard, not worn, or nearly empty."""
        begin_ms, chance = self._at_ms, self._chance
        if loss == "silent":
            self._at_ms += round(stretch.lasting_s * 1000)
            return []
        found = self._stretch(stretch, moving=False)
        if loss == "off_wrist":
            heard = [one for one in found if one.kind == "steps"]
            return [_reading("band", "worn", False, begin_ms + 1000), *heard]
        levels = range(chance.randint(21, 30), 1, -chance.randint(2, 4))
        apart_ms = (self._at_ms - begin_ms) // (len(levels) + 1)
        told = [_reading("band", "battery", level, begin_ms + place * apart_ms) for place, level in enumerate(levels, 1)]
        return sorted(found + told, key=lambda reading: reading.received_ms)

    def _stretch(self, stretch: Stretch, *, moving: bool, lost: float = 0.0) -> list[Reading]:
        """So long; the band measures at its own pace, at whatever moment that falls."""
        found, chance, every_s = [], self._chance, self._setting.every_s
        end_ms = self._at_ms + round(stretch.lasting_s * 1000)
        at_ms = max(self._sample_ms, self._at_ms)  # it keeps its pace, whatever becomes of its wearer
        counts_ms = self._at_ms
        while counts_ms < end_ms:
            if self._setting.motion != "unknown":
                self._steps += 90 * chance.uniform(0.8, 1.2) if moving else 0
                found.append(self._reading(Stretch(0, 0), counts_ms, steps=True))
            counts_ms += 60_000
        while at_ms < end_ms:
            if chance.random() >= lost:
                found.append(self._reading(stretch, at_ms))
            at_ms += round(1000 * every_s * chance.uniform(0.98, 1.02))
        self._at_ms, self._sample_ms = end_ms, at_ms
        return sorted(found, key=lambda reading: reading.received_ms)

    def _reading(self, stretch: Stretch, at_ms: int, *, steps: bool = False) -> Reading:
        planted, chance = self._planted, self._chance
        value: Value = int(self._steps) if steps else round(chance.gauss(stretch.level, stretch.spread))
        made = _reading(planted.device, "steps" if steps else planted.kind, value, at_ms)
        return structs.replace(made, rr_ms=self._beats(stretch)) if planted.irregular and not steps else made

    def _beats(self, stretch: Stretch) -> tuple[int, ...]:
        """The times between beats since the reading before; a spread so wide is an irregular pulse."""
        number = max(1, min(24, round(self._setting.every_s * stretch.level / 60)))
        if stretch.spread > 5:
            return tuple(round(self._chance.uniform(0.6, 1.4) * 60_000 / stretch.level) for _ in range(number))
        return tuple(round(60_000 / stretch.level + self._chance.gauss(0, 12)) for _ in range(number))


class _Measured:
    """Of a cuff or a thermometer, that somebody takes once a day."""

    NORMAL: ClassVar[dict[str, Value]] = {"blood_pressure": BloodPressure(132, 78), "body_temperature": 36.6}
    PRIOR: ClassVar[dict[tuple[str, Standing], tuple[Value, ...]]] = {
        ("blood_pressure", "warning"): (BloodPressure(185, 95), BloodPressure(165, 90), BloodPressure(97, 60)),
        ("blood_pressure", "critical"): (BloodPressure(226, 132), BloodPressure(84, 52)),
        ("body_temperature", "warning"): (38.2, 37.9),
        ("body_temperature", "critical"): (39.4, 34.6),
    }

    def __init__(self, planted: Planted, setting: Setting) -> None:
        self._planted, self._setting, self._chance = planted, setting, Random(setting.seed)

    def scene(self) -> Scene:
        planted, setting, chance = self._planted, self._setting, self._chance
        hour = chance.uniform(22, 24) if setting.night else chance.uniform(7, 11)
        morning_ms = MIDNIGHT_MS + round(hour * HOUR_MS)
        before = [self._reading(self.NORMAL[planted.kind], morning_ms + day * DAY_MS) for day in range(4)]
        if setting.standing != "none" or planted.after is not None:
            value = planted.after or chance.choice(self.PRIOR[planted.kind, setting.standing])
            for day in (4, 5):
                before += [self._reading(value, morning_ms + day * DAY_MS + wait_ms) for wait_ms in (0, 130_000)]
            if setting.handling == "closed" and planted.after is None:
                normal = self.NORMAL[planted.kind]
                before += [self._reading(normal, morning_ms + 6 * DAY_MS - wait_ms) for wait_ms in (3_600_000, 0)]
        begin_ms = morning_ms + 6 * DAY_MS + chance.choice((6, 10, 22)) * HOUR_MS
        event = [self._reading(value, begin_ms + round(1000 * chance.uniform(*apart))) for apart, value in planted.values]
        end_ms = event[-1].at_ms
        after = [self._reading(self.NORMAL[planted.kind], begin_ms + DAY_MS)]
        return Scene(setting, before, event, after, begin_ms, end_ms)

    def _reading(self, value: Value, at_ms: int) -> Reading:
        return _reading(self._planted.device, self._planted.kind, value, at_ms)


def _reading(device: str, kind: str, value: Value, at_ms: int) -> Reading:
    return Reading(
        wearer=WEARER,
        device=device,
        driver=DRIVERS[device],
        kind=kind,  # type: ignore[arg-type]
        value=value,
        at_ms=at_ms,
        received_ms=at_ms + 200,
        clock="synced",
    )
