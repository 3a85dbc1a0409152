"""A clip of a maker is heard as long as it tells values, is left when it does not, and does not repeat what is known."""

from __future__ import annotations

from itertools import pairwise

import drivers
from drivers.bands.clip_talk import SILENCE_S, News
from drivers.bands.wellue_o2ring import EVERY_S, QUESTIONS, SERVICE, VALUES
from drivers.driver import Answer, ConnectionDriver, Context, Decoded, Listen, Notified, Wait, Want, Write
from drivers.measurement import Measurement
from tests.drivers.band import services
from tests.drivers.test_conversation import live

RING = services({f"{SERVICE}/{QUESTIONS}": ["write"], f"{SERVICE}/{VALUES}": ["notify"]})
WORN = bytes.fromhex("5500ff00000d00624200000000006100920a01002f")
NOT_WORN = bytes.fromhex("5500ff00000d00ffffff0000000060000500000043")


def ring_that_is_worn_for(seconds: float) -> tuple[float, list[float]]:
    """How long the conversation goes on, and when the ring was asked; it answers each question at once."""
    driver = drivers.driver("wellue-o2ring")
    assert isinstance(driver, ConnectionDriver)
    asked: list[float] = []
    due: list[bytes] = []

    def band(want: Want, now_s: float) -> Answer:
        if isinstance(want, Write):
            asked.append(now_s)
            due.append(WORN if now_s < seconds else NOT_WORN)
        if isinstance(want, Wait):
            return Notified(VALUES, due.pop()) if due else None
        return True

    return live(driver.converse(RING, Context(), Listen()), band).seconds, asked


def test_a_ring_that_is_worn_is_asked_again_and_again() -> None:
    lasted_s, asked = ring_that_is_worn_for(600)

    assert lasted_s >= 600
    assert {round(after - before) for before, after in pairwise(asked)} == {EVERY_S}


def test_a_ring_that_was_taken_off_is_left_after_a_minute_so_that_it_can_switch_itself_off() -> None:
    lasted_s, _ = ring_that_is_worn_for(100)

    assert 100 < lasted_s <= 100 + SILENCE_S


def test_a_battery_is_told_when_it_changes_and_a_pulse_always() -> None:
    news = News()
    pulse = Measurement(kind="heart_rate", value=70)
    full, empty = (Measurement(kind="battery", value=percent) for percent in (100, 99))

    said = [(full, False), (full, False), (empty, True)]

    told = [news.of(Decoded([pulse, battery], status={"battery_low": low})) for battery, low in said]

    assert [one.measurements for one in told] == [[pulse, full], [pulse], [pulse, empty]]
    assert [one.status for one in told] == [{"battery_low": False}, {}, {"battery_low": True}]
