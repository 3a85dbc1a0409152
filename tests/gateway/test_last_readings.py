"""How a band is, is told by the last reading of each kind."""

from __future__ import annotations

from drivers.measurement import Kind
from gateway.last_readings import LastReadings
from gateway.readings import Enrolment, Reading

BAND = "C0:FF:EE:00:00:01"


def reading(kind: Kind, value: int, at_ms: int, device: str = BAND, wearer: str = "W-1") -> Reading:
    return Reading(
        wearer=wearer, device=device, driver="d", kind=kind, value=value, at_ms=at_ms, received_ms=at_ms, clock="synced"
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


def test_nothing_of_a_wearer_who_is_forgotten_is_left() -> None:
    last = LastReadings()
    last.take(reading("heart_rate", 70, 1))
    last.take(reading("steps", 9, 2, "other", "W-2"))

    last.forget("W-1")

    assert last.of(BAND) == ()
    assert [one.value for one in last.of("other")] == [9]


def test_what_comes_late_is_not_the_last() -> None:
    last = LastReadings()
    last.take(reading("heart_rate", 75, 2))
    last.take(reading("heart_rate", 60, 1))

    assert [one.value for one in last.of(BAND)] == [75]


def test_of_a_band_that_another_wears_now_nothing_of_the_first_is_left() -> None:
    last = LastReadings()
    last.take(reading("heart_rate", 75, 2))
    last.take(reading("steps", 9, 3, wearer="W-2"))

    assert [(one.kind, one.wearer) for one in last.of(BAND)] == [("steps", "W-2")]


def test_only_what_is_enrolled_is_kept_and_of_a_shared_device_whoever_was_measured() -> None:
    last = LastReadings()
    for device in (BAND, "gone", "given away", "booth"):
        last.take(reading("heart_rate", 75, 1, device))

    last.keep(
        {
            BAND: Enrolment(address=BAND, driver="d", wearer="W-1"),
            "given away": Enrolment(address="given away", driver="d", wearer="W-2"),
            "booth": Enrolment(address="booth", driver="d", wearer="hall", port="hall-cuff"),
        }
    )

    assert [len(last.of(device)) for device in (BAND, "gone", "given away", "booth")] == [1, 0, 0, 1]
