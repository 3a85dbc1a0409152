"""What a device says together is one record."""

from __future__ import annotations

from drivers.driver import Status
from drivers.measurement import Measurement
from gateway.intake.line_records import records


def pulse(bpm: float) -> Measurement:
    return Measurement(kind="heart_rate", value=bpm)


def test_what_counts_together_is_one_record() -> None:
    first = Measurement(kind="heart_rate", value=72, record=7, address="C0")
    second = Measurement(kind="oxygen_saturation", value=97, record=7, address="C0")
    other = Measurement(kind="heart_rate", value=73, record=8, address="C0")
    status = Status({"bands": 1})

    assert list(records([first, second, other, status, pulse(60), pulse(61)])) == [
        [first, second],
        [other],
        status,
        [pulse(60)],
        [pulse(61)],
    ]
