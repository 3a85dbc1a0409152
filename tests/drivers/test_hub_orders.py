"""What a hub makes of an order to one of its bands."""

from __future__ import annotations

import pytest

from drivers.driver import Find, Measure, Order, ShowText, Vibrate
from drivers.serial_line.serial_hub_commands import measure_now, order, show_text, signal

BAND = "C0:FF:EE:00:00:01"


@pytest.mark.parametrize(
    ("ordered", "frame"),
    [
        (Vibrate(1), signal(7, BAND, "received")),
        (Vibrate(2), signal(7, BAND, "help_on_the_way")),
        (Vibrate(0), b""),
        (Measure("heart_rate"), measure_now(7, BAND)),
        (Measure(stream=True), b""),
        (ShowText("请回电"), show_text(7, BAND, "请回电")),
        (ShowText("帮" * 21), b""),  # 63 bytes: a band shows 60
        (Find(), b""),
    ],
)
def test_it_has_the_bytes_or_none(ordered: Order, frame: bytes) -> None:
    assert order(7, BAND, ordered) == frame
