"""The key of a cuff goes to the cuff and nowhere else: what comes of an order is told in the log, and to the platform."""

from __future__ import annotations

import pytest

import drivers
from drivers.bands.omron_bp import ANSWERS, QUESTIONS, SERVICE, UNLOCK
from drivers.driver import Answer, ConnectionDriver, Context, Fetch, Notified, Order, Pair, Wait, Want, Write
from tests.drivers.band import services
from tests.drivers.test_conversation import live

KEY = bytes.fromhex("c0ffee11c0ffee22c0ffee33c0ffee44")
CUFF = services(
    {f"{SERVICE}/{UNLOCK}": ["write", "notify"], f"{SERVICE}/{QUESTIONS}": ["write"]}
    | {f"{SERVICE}/{answers}": ["notify"] for answers in ANSWERS}
)


@pytest.mark.parametrize("order", [Fetch(), Pair()], ids=["fetch", "pair"])
def test_a_cuff_that_does_not_take_its_key_is_answered_for_without_a_byte_of_it(order: Order) -> None:
    driver = drivers.driver("omron-bp")
    assert isinstance(driver, ConnectionDriver)
    programmed = [Notified(UNLOCK, b"\x82\x00")]

    def takes_no_key(want: Want, _now_s: float) -> Answer:
        if isinstance(want, Write):
            return KEY not in want.data
        return programmed.pop() if isinstance(want, Wait) and programmed else True

    context = Context(model="HEM-7155T", key=KEY)
    answered = live(driver.converse(CUFF, context, order), takes_no_key).answered

    assert [one.outcome.result for one in answered] == ["unreachable"]
    assert KEY[:2].hex() not in answered[0].outcome.why.replace(" ", "")
