"""Frames that travel in pieces are whole again, whatever the pieces; what bands say is a measurement, none, or impossible."""

from __future__ import annotations

import re

import pytest

from drivers.bands import vital_signs
from drivers.bands.pieces import HALF_FRAME_LASTS_S, Joiner, pieces, shortened
from drivers.driver import Refusal, Refused
from drivers.measurement import Measurement

BEGINS = re.compile(rb"A")


def size(data: bytes) -> int | None:
    """Of a made-up frame: A, its length, and so on."""
    if data[:1] != b"A":
        raise Refused("not_mine", "no A")
    return data[1] if len(data) > 1 else None


def frame(length: int) -> bytes:
    return bytes((0x41, length)) + b"x" * (length - 2)


def joined(joiner: Joiner, *given: bytes) -> list[bytes | str]:
    return [one.reason if isinstance(one, Refusal) else one for piece in given for one in joiner.take(piece, 0)]


@pytest.mark.parametrize("cut", [1, 2, 3, 7, 20, 100])
def test_frames_are_whole_again_whatever_pieces_they_come_in(cut: int) -> None:
    frames = [frame(2), frame(40), frame(3), frame(60)]

    assert joined(Joiner(size), *pieces(b"".join(frames), cut)) == frames


def test_what_begins_no_frame_is_thrown_away_with_all_that_came_with_it() -> None:
    assert joined(Joiner(size), b"?" + frame(3), frame(3)) == ["not_mine", frame(3)]


def test_where_a_frame_may_begin_within_noise_it_is_found_and_the_noise_is_one_refusal() -> None:
    assert joined(Joiner(size, BEGINS), b"????" + frame(3) + b"??", b"??" + frame(4)) == [
        "not_mine",
        frame(3),
        "not_mine",
        frame(4),
    ]


def test_half_a_frame_is_thrown_away_when_the_rest_does_not_come_soon() -> None:
    joiner = Joiner(size)
    joiner.take(frame(40)[:20], 0)

    found = joiner.take(frame(3), HALF_FRAME_LASTS_S + 0.1)

    assert [one.reason if isinstance(one, Refusal) else one for one in found] == ["length", frame(3)]


def test_a_text_is_cut_after_a_whole_character() -> None:
    assert shortened("帮助", 5).decode() == "帮"
    assert shortened("help", 5) == b"help"
    assert shortened("帮助", 0) == b""


# --- vital signs ---


def values(measurements: list[Measurement]) -> list[object]:
    return [measurement.value for measurement in measurements]


@pytest.mark.parametrize("none", [0, 255])
def test_nothing_and_all_ones_are_no_value(none: int) -> None:
    assert vital_signs.heart_rate(none) == []
    assert vital_signs.respiratory_rate(none) == []
    assert vital_signs.oxygen(none) == []
    assert vital_signs.optical_pressure(none, 80) == vital_signs.optical_pressure(120, none) == []


def test_an_unlikely_value_is_passed_on() -> None:
    assert values(vital_signs.heart_rate(38)) == [38]
    assert values(vital_signs.oxygen(100)) == [100]
    assert values(vital_signs.battery(0)) == values(vital_signs.steps(0)) == [0]


@pytest.mark.parametrize(
    "said",
    [
        lambda: vital_signs.oxygen(101),
        lambda: vital_signs.battery(101),
        lambda: vital_signs.optical_pressure(80, 80),
        lambda: vital_signs.wall_time(2026, 2, 30),
        lambda: vital_signs.wall_time(2026, 1, 1, 24),
    ],
    ids=["oxygen", "battery", "pressure", "date", "hour"],
)
def test_what_cannot_be_is_refused(said: object) -> None:
    assert callable(said)

    with pytest.raises(Refused) as refused:
        said()

    assert refused.value.refusal.reason == "implausible"


def test_a_pressure_from_light_says_so() -> None:
    [measurement] = vital_signs.optical_pressure(120, 80)

    assert measurement.quality == ("questionable:optical",)


def test_what_was_stored_has_the_bands_time_and_is_history() -> None:
    at = vital_signs.wall_time(2026, 11, 23, 8, 30)

    [stored] = vital_signs.stamped(vital_signs.heart_rate(70), at)
    [live] = vital_signs.stamped(vital_signs.heart_rate(70), at, history=False)

    assert (stored.device_time, stored.history) == ("2026-11-23T08:30:00", True)
    assert (live.device_time, live.history) == ("2026-11-23T08:30:00", False)
