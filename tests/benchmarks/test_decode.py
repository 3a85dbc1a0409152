"""The benchmark of decoding leaves no driver out."""

from __future__ import annotations

import drivers
from tests.benchmarks.bed import Effort
from tests.benchmarks.decode import FRAME_BYTES, IN_LINES, REASONS, decode
from tests.benchmarks.figures import figures_of


async def test_every_driver_is_measured_beside_the_heart_rate_driver() -> None:
    dearest, *figures = figures_of(await decode(Effort(decode_runs=1)))

    assert dearest.value > 1
    assert [figure.name for figure in figures] == [f"decode, {driver.name}" for driver in drivers.DRIVERS]
    assert all(figure.value > 0 and " x ble-heart-rate; " in figure.note for figure in figures)


def test_what_is_said_of_drivers_is_said_of_drivers_that_there_are() -> None:
    names = {driver.name for driver in drivers.DRIVERS}

    assert REASONS.keys() | IN_LINES | FRAME_BYTES.keys() <= names
