"""Local time is that of the zone that is given, whatever the machine is set to."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.clock import local_time
from tests.gateway.upper_half import TestClock


@pytest.mark.usefixtures("in_new_york")
def test_a_band_is_told_the_time_of_its_place_with_the_offset() -> None:
    clock = TestClock()
    shown = datetime.fromtimestamp(clock.wall_ms() // 1000, UTC)

    shanghai, kathmandu = local_time(clock, ZoneInfo("Asia/Shanghai")), local_time(clock, ZoneInfo("Asia/Kathmandu"))

    assert (shanghai[-6:], kathmandu[-6:]) == ("+08:00", "+05:45")
    assert datetime.fromisoformat(shanghai) == datetime.fromisoformat(kathmandu) == shown
