"""How bands behave that are connected to: when each is in reach, and what comes of a connect. Pure.

How long a visit takes, and how long a connect hangs, is as the virtual bands and BlueZ have it: a watch that measures
everything is connected for two and a half minutes (`fake_devices/bands/ycbt.py`), a connect that nobody answers for 62 s
(`CONNECT_S` in `gateway/sources/ble/bluez.py`), and a visit that comes to no end for 300 s (`LONGEST_VISIT_S`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal, NamedTuple

MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0
WEEK_S = 7 * DAY_S
NEVER_ANSWERS_S, NEVER_ENDS_S = 62.0, 300.0

Kind = Literal["own slot", "streams", "on sight", "stuck cuff", "quick", "slow", "part of the day", "failing", "dead", "away"]


class Attempt(NamedTuple):
    """What comes of a connect: whether it stands, for how long it holds its slot, and whether all was well in the end."""

    stands: bool
    lasts_s: float
    well: bool


@dataclass(frozen=True)
class Band:
    """`reach`: from when to when it is heard, in order; `connect` draws what comes of a connect."""

    name: str
    kind: Kind
    reach: Sequence[tuple[float, float]]
    connect: Callable[[Random], Attempt]

    @property
    def answers(self) -> bool:
        """Whether a connect can come to something."""
        return self.kind not in ("dead", "away")


def hundred(random: Random, ends_s: float = WEEK_S) -> list[Band]:
    """Bands of all manners, as many of each as a house might have, and some more of those that are a burden."""
    return [
        *_some(1, "own slot", lambda: _always(ends_s), lambda chance: _stands(chance, 6 * HOUR_S)),
        *_some(1, "streams", lambda: _always(ends_s), lambda chance: _stands(chance, 3 * HOUR_S)),
        *_some(14, "on sight", lambda: list(_shown(random, ends_s)), lambda chance: _visited(chance, 8)),
        *_some(1, "stuck cuff", lambda: _always(ends_s), lambda chance: _visited(chance, 8)),
        *_some(45, "quick", lambda: _always(ends_s), lambda chance: _visited(chance, 15)),
        *_some(6, "slow", lambda: _always(ends_s), lambda chance: _visited(chance, 150)),
        *_some(6, "part of the day", lambda: list(_hours(random, ends_s)), lambda chance: _visited(chance, 15)),
        *_some(8, "failing", lambda: _always(ends_s), _fails_mostly),
        *_some(1, "dead", lambda: _always(ends_s), lambda _: Attempt(False, NEVER_ANSWERS_S, False)),
        *_some(1, "dead", lambda: _always(ends_s), lambda _: Attempt(True, NEVER_ENDS_S, False), "never ends"),
        *_some(2, "dead", lambda: list(_edge(random, ends_s)), lambda _: Attempt(False, NEVER_ANSWERS_S, False), "at the edge"),
        *_some(14, "away", list, lambda _: Attempt(False, NEVER_ANSWERS_S, False)),
    ]


def watches(many: int, ends_s: float, lasts_s: float = 150) -> list[Band]:
    """So many that measure everything at each visit: more than five connections have room for."""
    return list(_some(many, "slow", lambda: _always(ends_s), lambda chance: _visited(chance, lasts_s)))


def dead(many: int, ends_s: float) -> list[Band]:
    """So many that are heard all the time, and never answer a connect."""
    return list(_some(many, "dead", lambda: _always(ends_s), lambda _: Attempt(False, NEVER_ANSWERS_S, False), "more"))


def streaming(many: int, ends_s: float) -> list[Band]:
    """So many that keep their link, for three hours or so."""
    return list(_some(many, "streams", lambda: _always(ends_s), lambda chance: _stands(chance, 3 * HOUR_S), "more"))


def stuck_cuffs(many: int, ends_s: float) -> list[Band]:
    """So many that show themselves all the time, as if they had always just measured."""
    return list(_some(many, "stuck cuff", lambda: _always(ends_s), lambda chance: _visited(chance, 8)))


def _some(
    many: int,
    kind: Kind,
    reach: Callable[[], Sequence[tuple[float, float]]],
    connect: Callable[[Random], Attempt],
    name: str = "",
) -> Iterator[Band]:
    for number in range(1, many + 1):
        yield Band(f"{kind} {name or number}" if many == 1 or not name else f"{kind} {name} {number}", kind, reach(), connect)


# --- when they are in reach ---


def _always(ends_s: float) -> Sequence[tuple[float, float]]:
    return [(0, ends_s)]


def _shown(random: Random, ends_s: float) -> Iterator[tuple[float, float]]:
    """After a measurement, three times a day, for 40 s."""
    at_s = random.expovariate(3 / DAY_S)
    while at_s < ends_s:
        yield at_s, at_s + 40
        at_s += 40 + random.expovariate(3 / DAY_S)


def _hours(random: Random, ends_s: float) -> Iterator[tuple[float, float]]:
    """From morning to evening, with a walk or two."""
    for day in range(round(ends_s // DAY_S) or 1):
        at_s = day * DAY_S + random.uniform(7, 9) * HOUR_S
        for _ in range(random.randint(2, 3)):
            stays_s = random.uniform(2, 4) * HOUR_S
            yield at_s, at_s + stays_s
            at_s += stays_s + random.uniform(0.3, 1) * HOUR_S


def _edge(random: Random, ends_s: float) -> Iterator[tuple[float, float]]:
    """So far off that it is heard for a moment, each minute or three."""
    at_s = 0.0
    while at_s < ends_s:
        yield at_s, at_s + 15
        at_s += random.uniform(80, 180)


# --- what comes of a connect ---


def _stands(random: Random, mean_s: float) -> Attempt:
    if random.random() < 0.1:
        return Attempt(False, 20, False)
    return Attempt(True, random.expovariate(1 / mean_s), True)


def _visited(random: Random, lasts_s: float) -> Attempt:
    if random.random() < 0.03:
        return Attempt(False, random.uniform(1, 20), False)
    return Attempt(True, lasts_s * random.uniform(0.7, 1.3), True)


def _fails_mostly(random: Random) -> Attempt:
    if random.random() < 0.7:
        return Attempt(False, random.uniform(1, 20), False)
    return Attempt(True, 15 * random.uniform(0.7, 1.3), True)
