"""What the checks of a simulation excuse, and what they do not."""

from __future__ import annotations

import pytest

from fake_devices.modem import LeftSms
from tests.simulation.box import Span
from tests.simulation.invariants import HELD_S, Invariants
from tests.simulation.stored_readings import StoredReadings
from tests.simulation.story import Story
from tests.simulation.witness import Witness

NUMBER = "+8613800000001"


@pytest.mark.parametrize(
    ("at_s", "found"),
    [
        pytest.param(120.0, False, id="no disk took it, and a kill took it along"),
        pytest.param(200.0 + HELD_S + 1, True, id="the disk takes everything"),
    ],
)
def test_an_sms_about_an_alert_that_is_on_no_disk(at_s: float, found: bool) -> None:
    refusals = [Span(100.0, 200.0)]
    invariants = Invariants(
        Witness(lambda: at_s, 30, Story()), StoredReadings(lambda: at_s), {}, list, lambda: refusals, lambda: at_s
    )

    invariants.questions([LeftSms(at_s, NUMBER, "Reply 1=going #A5004", ())], {NUMBER: "wang"}, lambda _: 0)

    assert bool(invariants.faults) == found
