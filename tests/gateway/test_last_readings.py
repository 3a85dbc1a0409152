"""How a band is, is told by the last reading of each kind."""

from __future__ import annotations

from drivers.measurement import Kind
from gateway.last_readings import LastReadings
from gateway.readings import Reading

BAND = "C0:FF:EE:00:00:01"


def reading(kind: Kind, value: int, at_ms: int, device: str = BAND) -> Reading:
    return Reading(
        wearer="W-1", device=device, driver="d", kind=kind, value=value, at_ms=at_ms, received_ms=at_ms, clock="synced"
    )


def test_the_last_of_each_kind_is_known() -> None:
    last = LastReadings()
    for one in (
        reading("steps", 5, 1),
        reading("heart_rate", 70, 1),
        reading("heart_rate", 75, 2),
        reading("steps", 9, 2, "other"),
    ):
        last.take(one)

    assert [(one.kind, one.value) for one in last.of(BAND)] == [("heart_rate", 75), ("steps", 5)]
    assert last.of("nobody") == ()


def test_what_comes_late_is_not_the_last() -> None:
    last = LastReadings()
    last.take(reading("heart_rate", 75, 2))
    last.take(reading("heart_rate", 60, 1))

    assert [one.value for one in last.of(BAND)] == [75]
