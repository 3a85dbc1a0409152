"""Frames are made, guarded and taken apart as the standards say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.driver import Refused
from drivers.framing import (
    Fields,
    ad_structure,
    ad_structures,
    cobs_decode,
    cobs_encode,
    crc8_maxim,
    crc8_smbus,
    crc16_ibm_sdlc,
    crc16_ibm_sdlc_fits,
    xor,
)

many_zeros = st.lists(st.sampled_from([b"\0", b"\x01", b"\xff", b"\x55" * 253, b"\x55" * 254, b"\x55" * 255])).map(b"".join)


def test_the_crcs_of_the_standard_check() -> None:
    assert crc16_ibm_sdlc(b"123456789") == 0x906E
    assert crc8_maxim(b"123456789") == 0xA1
    assert crc8_smbus(b"123456789") == 0xF4


@given(st.binary(max_size=64))
def test_the_crc_is_the_one_bit_by_bit(data: bytes) -> None:
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ 0x8408 if value & 1 else value >> 1

    assert crc16_ibm_sdlc(data) == value ^ 0xFFFF


@given(st.binary(max_size=64), st.integers(0, 15))
def test_data_fits_its_own_crc_and_no_other(data: bytes, bit: int) -> None:
    crc = crc16_ibm_sdlc(data)

    assert crc16_ibm_sdlc_fits(data + crc.to_bytes(2, "little"))
    assert not crc16_ibm_sdlc_fits(data + (crc ^ 1 << bit).to_bytes(2, "little"))


@pytest.mark.parametrize(
    ("plain", "encoded"),
    [  # the examples of the paper and of its readers
        pytest.param("", "01", id="nothing"),
        pytest.param("00", "0101", id="a zero"),
        pytest.param("0000", "010101", id="two zeros"),
        pytest.param("11220033", "0311220233", id="a zero between"),
        pytest.param("11223344", "0511223344", id="no zero"),
        pytest.param("11000000", "0211010101", id="zeros at the end"),
        pytest.param("01" * 254, "ff" + "01" * 254 + "01", id="254 bytes"),
        pytest.param("01" * 255, "ff" + "01" * 254 + "0201", id="255 bytes"),
        pytest.param("00" + "01" * 254, "01ff" + "01" * 254 + "01", id="a zero before 254 bytes"),
    ],
)
def test_cobs(plain: str, encoded: str) -> None:
    assert cobs_encode(bytes.fromhex(plain)).hex() == encoded
    assert cobs_decode(bytes.fromhex(encoded)).hex() == plain


def test_a_full_last_block_needs_no_empty_block_after_it() -> None:
    assert cobs_decode(b"\xff" + b"\x01" * 254) == b"\x01" * 254


@given(st.binary(max_size=600) | many_zeros)
def test_cobs_gives_back_what_it_was_given_and_has_no_zero(data: bytes) -> None:
    encoded = cobs_encode(data)

    assert 0 not in encoded
    assert cobs_decode(encoded) == data


@pytest.mark.parametrize("encoded", ["02", "051122", "0211ff", "0211050000", "00"])
def test_cobs_that_does_not_end_where_it_says_is_refused(encoded: str) -> None:
    with pytest.raises(Refused, match="length"):
        cobs_decode(bytes.fromhex(encoded))


def test_ad_structures_come_in_order_and_padding_ends_them() -> None:
    assert list(ad_structures(bytes.fromhex("0201060316d2fc0000ff"))) == [(1, b"\x06"), (0x16, b"\xd2\xfc")]


def test_what_stands_before_a_broken_ad_structure_counts() -> None:
    structures = ad_structures(bytes.fromhex("02010605ff0102"))

    assert next(structures) == (1, b"\x06")
    with pytest.raises(Refused, match="length"):
        next(structures)


def test_fields_are_taken_whole_or_not_at_all() -> None:
    fields = Fields(b"\x01\x02\x03\x04")

    assert (fields.u8("a"), fields.u16("b"), fields.left) == (1, 0x0302, 1)
    with pytest.raises(Refused, match="length: c: 1 bytes, needs 2"):
        fields.take(2, "c")


@given(st.integers(1, 255), st.binary(max_size=254))
def test_an_ad_structure_is_read_as_it_was_made(kind: int, data: bytes) -> None:
    assert list(ad_structures(ad_structure(kind, data))) == [(kind, data)]


def test_an_ad_structure_has_room_for_254_bytes() -> None:
    with pytest.raises(Refused, match="length"):
        ad_structure(0xFF, bytes(255))


def test_xor() -> None:
    assert (xor(b""), xor(b"\x03"), xor(bytes.fromhex("0303010200"))) == (0, 3, 3)
