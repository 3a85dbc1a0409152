"""A month without a link, on a disk that holds a part of it: every alert comes, and the end of every reading is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.month import BANDS, a_month
from tests.thorough import times

EACH_S = 14_400 // times(1, 240)  # of each band: 9,000 readings, or two million; `python -m tests.app.month` plays them all
QUOTA = 90_000 * times(1, 80)  # bytes: less than half of what they take
JOURNAL = 1_100_000  # bytes that it comes to before it is worked into the file


@pytest.mark.slow
@pytest.mark.timeout(times(600, 7200))
@pytest.mark.fault(
    "network",
    "thirty days offline at fifty bands, a restart in them",
    promise="every alert comes; the account is exact; the file keeps to its quota",
)
def test_after_a_month_offline_all_alerts_come_and_produced_is_delivered_and_evicted(tmp_path: Path) -> None:
    month = a_month(tmp_path, EACH_S, QUOTA)

    counts = month.counts
    assert counts["pending"] == 0
    assert counts["stored"] == month.readings + month.calls == month.came + counts["evicted"]
    assert counts["evicted"] == month.gaps > month.readings // 4
    assert (month.calls_came, len(month.told), month.waiting) == (BANDS, BANDS, 0)
    assert month.gap_kinds == {"heart_rate"}
    assert month.largest <= QUOTA
    assert month.journal <= JOURNAL
    assert month.faults == []
