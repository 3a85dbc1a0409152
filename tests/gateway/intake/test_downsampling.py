"""Of what an oximeter says many times a second, one a second is kept, and a wrong frame moves nothing."""

from __future__ import annotations

from drivers.measurement import Measurement, Position
from gateway.intake.downsampling import Downsampler, Sample


def pulse(bpm: float, quality: tuple[str, ...] = ()) -> Measurement:
    return Measurement(kind="heart_rate", value=bpm, quality=quality)


def oxygen(percent: int) -> Measurement:
    return Measurement(kind="oxygen_saturation", value=percent)


def test_the_first_value_is_kept_at_once_then_the_median_of_each_second() -> None:
    seconds = Downsampler()

    kept = [seconds.take("clip", pulse(60 + number), number / 10) for number in range(21)]

    assert [(one.measurement.value, one.repeats) for one in kept if one] == [(60, 0), (65, 9), (75, 9)]


def test_one_wrong_frame_among_good_ones_moves_nothing() -> None:
    seconds = Downsampler()
    seconds.take("clip", pulse(72), 0)

    for tenth in range(1, 10):
        assert seconds.take("clip", pulse(300 if tenth == 5 else 72), tenth / 10) is None

    assert seconds.take("clip", pulse(72), 1.0) == Sample(pulse(72), 9)


def test_each_kind_and_each_port_has_seconds_of_its_own() -> None:
    seconds = Downsampler()

    kept = [
        seconds.take(port, value, 0.0) for port in ("one", "two") for value in (pulse(72), oxygen(97), pulse(73), oxygen(96))
    ]

    assert [one is not None for one in kept] == 2 * [True, True, False, False]


def test_when_the_values_end_what_was_held_back_is_kept_and_the_next_one_appears_at_once() -> None:
    seconds = Downsampler()
    for tenth in range(5):
        seconds.take("clip", pulse(70 + tenth), tenth / 10)

    assert seconds.flush("clip") == [Sample(pulse(72), 3)]
    assert seconds.flush("clip") == []
    assert seconds.take("clip", pulse(80), 0.6) == Sample(pulse(80), 0)


def test_a_port_that_says_nothing_more_is_noticed() -> None:
    seconds = Downsampler()
    seconds.take("clip", pulse(70), 0.0)
    seconds.take("clip", pulse(71), 0.5)

    assert (seconds.silent(1.9), seconds.silent(2.1), seconds.flush("clip")) == ([], ["clip"], [Sample(pulse(71), 0)])
    assert seconds.silent(9.0) == []


def test_places_are_in_no_order_and_one_of_them_is_kept() -> None:
    seconds = Downsampler()
    there = [Measurement(kind="position", value=Position(30.0, 120.0 + number)) for number in range(3)]

    kept = [seconds.take("gnss", place, number / 2) for number, place in enumerate(there)]

    assert [one and one.measurement for one in kept] == [there[0], None, there[1]]
