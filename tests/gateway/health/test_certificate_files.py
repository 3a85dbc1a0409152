"""When certificates end is read from the very files that the link uses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.health.certificate_files import ends_of
from gateway.supervision.certificates import ending
from tests.certificates import Authority


def days_left(end_s: float) -> float:
    return (end_s - datetime.now(UTC).timestamp()) / 86_400


def test_of_several_in_a_file_the_first_to_end_counts(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    long, short = authority.signs("long", valid_for=timedelta(days=300)), authority.signs("short", valid_for=timedelta(days=20))
    chain = tmp_path / "chain.pem"
    chain.write_bytes(long.cert_file.read_bytes() + short.cert_file.read_bytes())

    ends = ends_of([long.cert_file, chain])

    assert {name: round(days_left(end_s)) for name, end_s in ends.items()} == {"authority-long.pem": 300, "chain.pem": 20}


@pytest.mark.parametrize(
    ("days", "priority"), [(29, "advisory"), (6, "warning"), (0.5, "warning"), (-3, "warning"), (31, None)]
)
def test_a_real_certificate_is_told_by_its_last_day(tmp_path: Path, days: float, priority: str | None) -> None:
    signed = Authority(tmp_path).signs("client", valid_for=timedelta(days=days))

    faults = ending(ends_of([signed.cert_file]), round(datetime.now(UTC).timestamp() * 1000))

    assert [(fault.device, fault.priority) for fault in faults] == ([("authority-client.pem", priority)] if priority else [])


def test_what_cannot_be_read_is_left_to_the_link_to_tell(tmp_path: Path) -> None:
    (tmp_path / "nonsense.pem").write_bytes(b"\xff\x00")

    assert ends_of([tmp_path / "nonsense.pem", tmp_path / "absent.pem"]) == {}
