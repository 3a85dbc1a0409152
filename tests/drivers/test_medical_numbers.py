"""SFLOAT and FLOAT are exact, their special values are no numbers, and rounding happens once."""

from __future__ import annotations

import struct
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.medical_numbers import float_type, number, rounded, sfloat_type

SPECIAL_SFLOATS = (0x07FE, 0x07FF, 0x0800, 0x0801, 0x0802)


@pytest.mark.parametrize("word", SPECIAL_SFLOATS)
def test_a_special_sfloat_is_no_number(word: int) -> None:
    assert sfloat_type(struct.pack("<H", word)) is None


@pytest.mark.parametrize("word", [0x007FFFFE, 0x007FFFFF, 0x00800000, 0x00800001, 0x00800002])
def test_a_special_float_is_no_number(word: int) -> None:
    assert float_type(struct.pack("<I", word)) is None


def test_every_other_sfloat_is_its_mantissa_times_ten_to_its_exponent() -> None:
    for word in range(0x10000):
        mantissa = word & 0xFFF if word & 0xFFF < 0x800 else (word & 0xFFF) - 0x1000
        exponent = word >> 12 if word >> 12 < 8 else (word >> 12) - 16
        if word not in SPECIAL_SFLOATS:
            assert sfloat_type(struct.pack("<H", word)) == mantissa * Fraction(10) ** exponent


@given(st.integers(-0x800000, 0x7FFFFF), st.integers(-128, 127).filter(bool))
def test_a_float_is_its_mantissa_times_ten_to_its_exponent(mantissa: int, exponent: int) -> None:
    word = (exponent & 0xFF) << 24 | mantissa & 0xFFFFFF

    assert float_type(struct.pack("<I", word)) == mantissa * Fraction(10) ** exponent


@pytest.mark.parametrize(
    ("exact", "digits", "shown"),
    [
        pytest.param(Fraction("36.665"), 2, 36.67, id="a half goes up"),
        pytest.param(Fraction("-36.665"), 2, -36.67, id="below zero a half goes down"),
        pytest.param(Fraction("36.6649999"), 2, 36.66, id="less than a half does not"),
        pytest.param(Fraction("37.285"), 2, 37.29, id="which binary floats get wrong"),
        pytest.param(Fraction(366, 10), 2, 36.6, id="one decimal"),
        pytest.param(Fraction(0), 2, 0, id="nothing"),
        pytest.param(Fraction("-0.004"), 2, 0, id="almost nothing, without a sign"),
    ],
)
def test_rounding_goes_away_from_zero(exact: Fraction, digits: int, shown: float) -> None:
    assert rounded(exact, digits) == shown
    assert str(rounded(exact, digits)) == str(shown)


def test_a_whole_number_is_an_int_and_a_huge_one_a_float() -> None:
    assert isinstance(number(Fraction(128)), int)
    assert isinstance(number(Fraction(257, 2)), float)
    assert isinstance(number(Fraction(10**127)), float)
