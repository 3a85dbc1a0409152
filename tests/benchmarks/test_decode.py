"""The benchmark of decoding leaves no driver out."""

from __future__ import annotations

import drivers
from tests.benchmarks.bed import Effort
from tests.benchmarks.decode import REASONS, decode


async def test_every_driver_is_measured_beside_the_heart_rate_driver() -> None:
    figures = await decode(Effort(decode_runs=1))

    assert [figure.name for figure in figures] == [f"decode, {driver.name}" for driver in drivers.DRIVERS]
    assert all(figure.value > 0 and " x ble-heart-rate; " in figure.note for figure in figures)


def test_reasons_are_given_for_drivers_that_there_are() -> None:
    assert set(REASONS) <= {driver.name for driver in drivers.DRIVERS}
