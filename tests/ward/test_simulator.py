"""The simulated people are like real ones where it matters for rules: how fast hearts beat, how long bands are silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import pytest

from gateway.readings import Reading
from tests.ward.band import MIDNIGHT_MS
from tests.ward.people import BANDS, made, measured, wearers
from tests.ward.truth import REAL, Known, figures

BAND_DAYS, HOME_DAYS = 4, 30


@cache
def simulated() -> dict[str, float]:
    """Of bands that measure every 1 to 10 min, as those of the real people did; of all cuffs and thermometers."""
    worn = [one for one in wearers(range(1, 11), BAND_DAYS) if 60 <= BANDS[one.place][0] <= 600]
    homes = ((HOME_DAYS, at_home(one.seed, one.place)) for one in wearers(days=HOME_DAYS))
    bands = figures([*((one.days, measured(one)) for one in worn), (0, every_kind())])
    home = figures([*homes, (0, every_kind())])
    return {name: (home if name.startswith(("systolic", "temperature")) else bands)[name] for name in REAL}


def at_home(seed: int, place: int) -> Iterator[Reading]:
    """What is measured by hand."""
    home = made(seed, place).home
    for day in range(HOME_DAYS):
        yield from home.next_day(day)


def every_kind() -> Iterable[Reading]:
    """One reading of each kind, so that no figure is divided by nothing."""
    one = made(1, 2)
    return [*one.worn.next_day(0), *one.home.next_day(0), *one.home.next_day(1), *one.home.next_day(2)]


@pytest.mark.parametrize("figure", REAL)
def test_the_simulated_are_within_a_fifth_of_the_real(figure: str) -> None:
    assert REAL[figure].holds(simulated()[figure]), simulated()[figure]


def test_a_figure_that_is_a_fifth_off_is_still_like_the_real_one_and_a_quarter_off_is_not() -> None:
    known = Known(0.12, 0.24)

    assert known.holds(0.0961)
    assert known.holds(0.2879)
    assert not known.holds(0.09)
    assert not known.holds(0.30)


def test_the_same_seed_gives_the_same_month() -> None:
    first, second = (made(3, 4).worn.next_day(0) for _ in range(2))

    assert first == second
    assert first != made(4, 4).worn.next_day(0)


def test_readings_come_in_the_order_in_which_they_are_received() -> None:
    day = made(2, 5).worn.next_day(0)

    assert [one.received_ms for one in day] == sorted(one.received_ms for one in day)
    assert all(one.at_ms >= MIDNIGHT_MS for one in day)
