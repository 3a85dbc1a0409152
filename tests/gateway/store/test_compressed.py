"""What is stored of a batch is what was given, smaller; what is damaged is noticed."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats.reading_json import encode_reading
from gateway.store.compressed import FEW, compress, decompress
from tests.gateway.store.given import reading

FIVE = b",".join(encode_reading(reading(number), "xishan-01/7") for number in range(5))


@given(st.one_of(st.binary(max_size=200), st.binary(min_size=FEW - 2, max_size=FEW + 2)))
def test_it_comes_back_as_it_was(body: bytes) -> None:
    assert decompress(compress(body)) == body


def test_what_was_stored_before_there_were_words_comes_back() -> None:
    assert decompress(zlib.compress(FIVE, 1)) == FIVE


def test_of_five_readings_the_words_save_a_quarter_and_more() -> None:
    assert len(compress(FIVE)) < 0.75 * len(zlib.compress(FIVE, 1))


@pytest.mark.parametrize("place", range(len(compress(FIVE))))
def test_a_bit_that_flips_and_a_cut_are_noticed(place: int) -> None:
    packed = compress(FIVE)
    for damaged in (packed[:place], packed[:place] + bytes([packed[place] ^ 4]) + packed[place + 1 :], packed + b"\0"):
        with pytest.raises(zlib.error):
            decompress(damaged)
