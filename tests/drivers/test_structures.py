"""A record is refused only when nothing in it was good, with the first reason that says something."""

from __future__ import annotations

import pytest

from drivers.advertisements.structures import decode_structures
from drivers.driver import Advertisement, Decoded, Reason, Refused
from drivers.measurement import Measurement

# One AD structure for each: its type is what becomes of it.
SOMEBODY_ELSES, GOOD, NOT_MINE, LENGTH, UNSUPPORTED = range(1, 6)
REASONS: dict[int, Reason] = {NOT_MINE: "not_mine", LENGTH: "length", UNSUPPORTED: "unsupported"}


def read(kind: int, data: bytes) -> Decoded | None:
    if kind in REASONS:
        raise Refused(REASONS[kind], "as the test wants it")
    if kind == GOOD:
        return Decoded([Measurement(kind="battery", value=data[0])], status={f"said {data[0]}": True}, counter=data[0])
    return None


def record(*kinds: int) -> Advertisement:
    return Advertisement(b"".join(bytes((2, kind, 40 + at)) for at, kind in enumerate(kinds)))


@pytest.mark.parametrize(
    ("kinds", "reason"),
    [
        pytest.param((), "not_mine", id="nothing there"),
        pytest.param((SOMEBODY_ELSES,), "not_mine", id="somebody else's"),
        pytest.param((NOT_MINE, LENGTH, UNSUPPORTED), "length", id="the first that is not not_mine"),
        pytest.param((UNSUPPORTED, LENGTH), "unsupported", id="the first"),
        pytest.param((NOT_MINE, NOT_MINE), "not_mine", id="only not_mine"),
    ],
)
def test_why_a_record_is_refused(kinds: tuple[int, ...], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        decode_structures(record(*kinds), read)

    assert refused.value.refusal.reason == reason


def test_what_one_structure_gives_stands_though_others_are_refused() -> None:
    decoded = decode_structures(record(LENGTH, GOOD, UNSUPPORTED), read)

    assert [measurement.value for measurement in decoded.measurements] == [41]
    assert decoded.refusals == []


def test_two_good_structures_are_one_record() -> None:
    decoded = decode_structures(record(GOOD, SOMEBODY_ELSES, GOOD), read)

    assert [measurement.value for measurement in decoded.measurements] == [40, 42]
    assert decoded.status == {"said 40": True, "said 42": True}
    assert decoded.counter == 42
