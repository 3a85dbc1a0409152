"""How much happens in a simulation, by its seed and hour: a week is mostly calm, as in a real house, and some of it is hard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import Literal, NamedTuple, get_args

from tests.simulation.virtual_time import BEGINNING_S

SPELL_S = 6 * 3_600.0
WeekName = Literal["real", "dense"]
WEEKS: tuple[WeekName, ...] = get_args(WeekName)


class Pace(NamedTuple):
    """Seconds between two deeds of wearers, two faults, and two of the rare ones, on average; `readings`: of the deeds so many
    are measurements, to five that call somebody.
    """

    deeds_s: float
    faults_s: float
    rarely_s: float
    readings: float = 6


CALM = Pace(900.0, 4 * 3_600.0, 48 * 3_600.0, 55)  # eight calls and six faults a day
BUSY = Pace(600.0, 3_600.0, 24 * 3_600.0, 18)  # thirty calls, and a fault an hour
RARELY_S = 4 * 3_600.0  # of a hard spell
LIKELY = 0.86, 0.12, 0.02  # calm, busy, hard


class Week:
    """Draws what each spell is like; a `dense` week is hard from end to end. `hard`: how hard that is."""

    def __init__(self, name: WeekName, hard: Pace, chance: Random, now_s: Callable[[], float]) -> None:
        self.is_real = name == "real"
        self._hard, self._chance, self._now_s = hard, chance, now_s
        self._spells: list[Pace] = []

    @property
    def now(self) -> Pace:
        """The pace of this spell."""
        if not self.is_real:
            return self._hard
        while len(self._spells) <= self._number:
            (spell,) = self._chance.choices((CALM, BUSY, self._hard), LIKELY)
            self._spells.append(spell)
        return self._spells[self._number]

    @property
    def _number(self) -> int:
        return int((self._now_s() - BEGINNING_S) // SPELL_S)

    async def pause(self, chance: Random, every_s: Callable[[Pace], float]) -> None:
        """By chance, as long as it is between two things that happen so often; what the next spell brings counts from its
        beginning.
        """
        while True:
            left_s = (self._number + 1) * SPELL_S + BEGINNING_S - self._now_s() if self.is_real else float("inf")
            pause_s = chance.expovariate(1 / every_s(self.now))
            if pause_s < left_s:
                return await asyncio.sleep(pause_s)
            await asyncio.sleep(left_s)
