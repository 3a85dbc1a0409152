"""The wearer is told through whatever way leads to the band."""

from __future__ import annotations

import pytest

from drivers import DRIVERS
from drivers.driver import Measure, Order, Outcome, OutcomeWord, Signal
from gateway.roster import Roster
from gateway.sources.signals import Signals
from tests.gateway.upper_half import BAND, ENROLMENTS, PENDANT, STRAP


class Way:
    """A source that has one answer, and remembers what it was asked."""

    def __init__(self, answer: OutcomeWord) -> None:
        self.answer = Outcome(answer)
        self.asked: list[tuple[str, Signal]] = []
        self.ordered: list[tuple[str, Order]] = []

    async def signal(self, address: str, signal: Signal) -> Outcome:
        self.asked.append((address, signal))
        return self.answer

    async def do(self, address: str, order: Order) -> Outcome:
        self.ordered.append((address, order))
        return self.answer


def signals(hubs: list[Way], radio: Way | None) -> Signals:
    ways = {"serial-hub": hubs, "ble-heart-rate": [radio] if radio else []}
    return Signals(Roster({driver.name: driver for driver in DRIVERS}, ENROLMENTS), lambda band: ways.get(band.driver, []))


async def test_the_next_hub_is_tried_when_the_first_does_not_reach_the_band() -> None:
    far, near, third = Way("unreachable"), Way("done"), Way("done")

    outcome = await signals([far, near, third], None).signal(BAND, "received")

    assert (outcome.result, far.asked, near.asked, third.asked) == ("done", [(BAND, "received")], [(BAND, "received")], [])


async def test_a_connected_band_is_told_over_its_connection() -> None:
    radio = Way("sent")

    assert await signals([], radio).signal(STRAP, "help_on_the_way") == Outcome("sent")
    assert radio.asked == [(STRAP, "help_on_the_way")]


@pytest.mark.parametrize(
    "address", [pytest.param(PENDANT, id="a band that is only heard"), pytest.param("C0:FF:EE:99:99:99", id="an unknown band")]
)
async def test_what_cannot_be_told_is_not_tried(address: str) -> None:
    hub, radio = Way("done"), Way("sent")

    assert (await signals([hub], radio).signal(address, "received")).result == "unsupported"
    assert hub.asked == radio.asked == []


async def test_an_order_goes_the_same_way() -> None:
    far, near, third = Way("unreachable"), Way("sent"), Way("done")

    outcome = await signals([far, near, third], None).do(BAND, Measure("heart_rate"))

    assert outcome.result == "sent"
    assert [way.ordered for way in (far, near, third)] == [[(BAND, Measure("heart_rate"))]] * 2 + [[]]
