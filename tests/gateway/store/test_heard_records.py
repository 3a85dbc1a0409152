"""A record that was heard is remembered for a minute, over however many restarts."""

from __future__ import annotations

from pathlib import Path

from gateway.store.heard_records import HeardRecords
from tests.gateway.store.given import StillClock


def test_what_was_heard_is_remembered_over_two_kills_in_a_minute(tmp_path: Path) -> None:
    for number in (7, 8):
        life = HeardRecords(tmp_path, StillClock())
        life.before()
        life.add("serial-hub", "C0:FF:EE:00:00:01", number)
        life.write()

    assert {row[2] for row in HeardRecords(tmp_path, StillClock()).before()} == {7, 8}
