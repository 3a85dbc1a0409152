"""Decimal numbers of medical devices (IEEE 11073-20601), exact, and rounded once at the end.

    SFLOAT-Type  eeee mmmm mmmmmmmm             2 bytes: exponent 4 bits, mantissa 12 bits
    FLOAT-Type   eeeeeeee mmmmmmmm (3 times)    4 bytes: exponent 8 bits, mantissa 24 bits

Both little endian on the air, both parts in two's complement; the value is mantissa x 10^exponent. With exponent 0 five
words stand for no number: NaN, NRes, +INF, -INF and one reserved. With any other exponent these mantissas are ordinary.

They are kept as fractions: 366 x 10^-1 in binary floats is not 36.6, and a conversion after a rounding rounds twice.
"""

from __future__ import annotations

from fractions import Fraction

_NO_SFLOAT = frozenset({0x07FE, 0x07FF, 0x0800, 0x0801, 0x0802})  # +INF, NaN, NRes, reserved, -INF
_NO_FLOAT = frozenset({0x007FFFFE, 0x007FFFFF, 0x00800000, 0x00800001, 0x00800002})
_LARGEST_INT = 1 << 53  # beyond it a float says the same, and JSON readers take no more


def sfloat_type(data: bytes) -> Fraction | None:
    """The value of two bytes; None where they say that there is none."""
    return _value(int.from_bytes(data, "little"), 12, 4, _NO_SFLOAT)


def float_type(data: bytes) -> Fraction | None:
    """The value of four bytes; None where they say that there is none."""
    return _value(int.from_bytes(data, "little"), 24, 8, _NO_FLOAT)


def _value(word: int, mantissa_bits: int, exponent_bits: int, none: frozenset[int]) -> Fraction | None:
    if word in none:
        return None
    mantissa = _signed(word & ((1 << mantissa_bits) - 1), mantissa_bits)
    exponent = _signed(word >> mantissa_bits, exponent_bits)
    return Fraction(mantissa * 10**exponent) if exponent >= 0 else Fraction(mantissa, 10**-exponent)


def _signed(number: int, bits: int) -> int:
    return number - (1 << bits) if number >> (bits - 1) else number


def number(exact: Fraction) -> int | float:
    """The same as a plain number: an int where it is whole, else the nearest float."""
    if exact.denominator == 1 and abs(exact.numerator) < _LARGEST_INT:
        return exact.numerator
    return float(exact)


def rounded(exact: Fraction, digits: int) -> int | float:
    """The same with so many decimals, a half rounded away from zero: 36.665 with two is 36.67, -1.25 with one is -1.3."""
    scale = 10**digits
    top, bottom = abs(exact.numerator) * scale, exact.denominator
    steps = (2 * top + bottom) // (2 * bottom)
    return number(Fraction(-steps if exact < 0 else steps, scale))
