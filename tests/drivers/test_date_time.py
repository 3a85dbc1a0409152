"""A device's clock is read and set in the bytes of the Bluetooth SIG."""

from __future__ import annotations

from datetime import datetime

import pytest

from drivers.bluetooth_uuid import full_uuid, parse_uuid
from drivers.date_time import decode_date_time, encode_current_time, encode_date_time


@pytest.mark.parametrize(
    ("local", "reason", "written"),
    [
        pytest.param("2026-11-23T09:00:05", 0, "ea070b17090005010000", id="Monday is 1"),
        pytest.param("2026-11-29T23:59:59.997", 0, "ea070b1d173b3b07ff00", id="Sunday is 7, the fraction is cut off"),
        pytest.param("2028-02-29T12:00:00.500", 4, "ec07021d0c0000028004", id="a leap day, after a change of zone"),
    ],
)
def test_current_time(local: str, reason: int, written: str) -> None:
    assert encode_current_time(datetime.fromisoformat(local), reason).hex() == written


@pytest.mark.parametrize("local", ["2026-11-23T09:00:05", "1999-12-31T23:59:59", "9999-01-01T00:00:00"])
def test_a_date_time_comes_back_as_it_was_written(local: str) -> None:
    at = datetime.fromisoformat(local)

    assert decode_date_time(encode_date_time(at)) == at


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("00000b17090005", id="year unknown"),
        pytest.param("ea070017090005", id="month unknown"),
        pytest.param("ea070b00090005", id="day unknown"),
        pytest.param("ea070d17090005", id="month 13"),
        pytest.param("ea070b1f090005", id="31 November"),
        pytest.param("ea070b17180005", id="hour 24"),
        pytest.param("ea070b17093c05", id="minute 60"),
        pytest.param("ea070b1709003c", id="second 60"),
        pytest.param("10270b17090005", id="year 10000"),
        pytest.param("ea070b170900", id="the seconds cut off"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_time_that_is_unknown_or_cannot_be_is_none(written: str) -> None:
    assert decode_date_time(bytes.fromhex(written)) is None


@pytest.mark.parametrize("text", ["2A37", "2a37", "0x2A37", " 2a37 ", "00002A37-0000-1000-8000-00805F9B34FB"])
def test_a_uuid_is_understood_as_people_write_it(text: str) -> None:
    assert parse_uuid(text) == full_uuid(0x2A37) == "00002a37-0000-1000-8000-00805f9b34fb"


@pytest.mark.parametrize("text", ["", "2a3", "2a377", "heart rate", "00002a37", "00002a37-0000-1000-8000-00805f9b34fg"])
def test_what_is_no_uuid_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="right would be 2a37"):
        parse_uuid(text)
