"""Certificates that do not hold, or not for long, and keys of others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.settings.machine.certificates import belong_together, doubts
from tests.certificates import Authority

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("after", "code"),
    [
        (timedelta(0), None),
        (71 * DAY, "certificate_ends"),
        (99 * DAY, "certificate_ends"),
        (101 * DAY, "certificate_expired"),
        (-31 * DAY, "certificate_not_yet"),
    ],
)
def test_a_certificate_that_does_not_hold_now_is_told(tmp_path: Path, after: timedelta, code: str | None) -> None:
    signed = Authority(tmp_path).signs("gateway", valid_for=100 * DAY)

    found = [code for code, _ in doubts(signed.cert_file.read_bytes(), datetime.now(UTC) + after)]

    assert found == ([code] if code else [])


def test_the_days_are_said(tmp_path: Path) -> None:
    signed = Authority(tmp_path).signs("gateway", valid_for=-DAY)
    now = datetime.now(UTC)

    ((_, facts),) = doubts(signed.cert_file.read_bytes(), now)

    assert (facts["end"], facts["now"]) == (f"{now - DAY:%Y-%m-%d}", f"{now:%Y-%m-%d}")


def test_what_only_looks_like_a_certificate_is_told() -> None:
    pem = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"

    assert [code for code, _ in doubts(pem, datetime.now(UTC))] == ["certificate_is_broken"]


def test_a_key_belongs_to_its_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    ours, other = authority.signs("gateway"), authority.signs("another")

    certificate = ours.cert_file.read_bytes()

    assert belong_together(certificate, ours.key_file.read_bytes())
    assert not belong_together(certificate, other.key_file.read_bytes())
    assert belong_together(certificate, b"no key")
