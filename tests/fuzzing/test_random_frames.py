"""Some thousand random frames for every driver; `./dev fuzz` gives each a million."""

from __future__ import annotations

import pytest

import drivers
from drivers.driver import Driver
from tests.fuzzing.random_frames import work


@pytest.mark.parametrize("driver", drivers.DRIVERS, ids=lambda driver: driver.name)
@pytest.mark.fault(
    "bytes from outside", "random frames for every driver", promise="nothing crashes, or costs more than its length allows"
)
def test_random_frames_crash_nothing_and_cost_no_more_than_their_length_allows(driver: Driver) -> None:
    outcome = work(driver.name, 3000, "always the same", count_every=1)

    assert outcome.failures == []
    assert outcome.frames == 3000
    assert outcome.measurements + outcome.advertisements > 100
    assert len(outcome.refused) > 1
    assert outcome.dearest <= 1, outcome.dearest_frame
