"""Whatever a modem says, the dialogue raises nothing, never turns without end, and does not grow."""

from __future__ import annotations

import pytest

from tests.gateway.channels.sms.hostile_modem import Abuse

OCTETS = 60_000  # `./dev fuzz modem` gives a million


@pytest.mark.parametrize("seed", ["1", "2", "3"])
@pytest.mark.fault(
    "ports and radio", "a modem that sends random octets and torn lines", promise="nothing crashes, nothing fills"
)
def test_random_octets_and_torn_lines_crash_nothing_and_fill_nothing(seed: str) -> None:
    abuse = Abuse(seed)
    octets = 0

    while octets < OCTETS:
        octets += abuse.step()
        abuse.check()

    assert {"ready", "starting", "no_sim"} <= abuse.states.keys()
