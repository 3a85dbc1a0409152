"""The composed application: each job that it starts and each connection that it makes has a consequence that somebody sees."""

from __future__ import annotations

from pathlib import Path

from tests.app.center import HUB_BAND, center
from tests.simulation.virtual_time import run


def test_a_press_is_an_alert_at_the_platform_and_the_band_shows_that_it_was_received(tmp_path: Path) -> None:
    async def story() -> None:
        async with center(tmp_path) as place, place.runs():
            place.hub.presses(HUB_BAND)

            sos = await place.alert(kind="sos", within_s=2)
            await place.hub.vibrates(HUB_BAND, "short")

            assert (sos["wearer"], sos["room"], sos["priority"]) == ("W-001", "3-201", "critical")

    run(story())
