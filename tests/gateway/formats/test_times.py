"""Times as text keep their milliseconds, and what names no moment is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats.times import from_rfc3339, rfc3339


def test_a_time_has_milliseconds_and_ends_in_z() -> None:
    assert rfc3339(1_795_404_069_120) == "2026-11-23T03:21:09.120Z"


@given(st.integers(min_value=-62_135_596_800_000, max_value=253_402_300_799_999))
def test_a_time_comes_back_as_it_was(ms: int) -> None:
    assert from_rfc3339(rfc3339(ms)) == ms


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-11-23T03:21:09", "2026-11-23"])
def test_what_names_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"zone|Invalid"):
        from_rfc3339(text)
