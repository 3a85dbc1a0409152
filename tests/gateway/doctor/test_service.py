"""What is wrong with the unit of the gateway."""

from __future__ import annotations

import time

import pytest

from gateway.doctor import service
from tests.gateway.doctor.planted import UNIT, PlantedHost, assert_named


@pytest.mark.parametrize(
    ("planting", "code", "fact"),
    [
        ({"LoadState": "not-found"}, "unit_missing", "lifering.service"),
        ({"NeedDaemonReload": "yes"}, "unit_changed", "sudo systemctl daemon-reload"),
        ({"LoadState": "masked", "ActiveState": "inactive"}, "unit_masked", "sudo systemctl unmask lifering"),
        ({"UnitFileState": "disabled"}, "unit_disabled", "sudo systemctl enable lifering"),
        ({"ActiveState": "activating", "SubState": "auto-restart", "NRestarts": "7"}, "unit_restarts", "7"),
        ({"ActiveState": "failed", "SubState": "failed", "Result": "oom-kill"}, "unit_failed", "oom-kill"),
        ({"ActiveState": "inactive", "SubState": "dead"}, "unit_stopped", "sudo systemctl start lifering"),
        ({"ActiveState": "inactive", "Result": "exec-condition"}, "unit_waits", "sudo systemctl start lifering"),
    ],
)
def test_a_fault_of_the_unit_is_named(planted: PlantedHost, planting: dict[str, str], code: str, fact: str) -> None:
    planted.shows("systemctl", UNIT | planting)

    unit = service.look()

    assert unit
    assert_named(service.diagnoses(unit), code, fact)


def test_a_service_that_was_started_often_just_now_is_in_a_loop(planted: PlantedHost) -> None:
    now = {"NRestarts": "4", "ActiveEnterTimestampMonotonic": str(int(time.monotonic() * 1e6))}
    planted.shows("systemctl", UNIT | now)

    unit = service.look()

    assert unit
    assert_named(service.diagnoses(unit), "unit_restarts", "4")


def test_restarts_of_long_ago_are_no_loop() -> None:
    unit = service.read(UNIT | {"NRestarts": "40", "ActiveEnterTimestampMonotonic": "1000000"}, now_s=1000.0)

    assert list(service.diagnoses(unit)) == []


def test_a_unit_that_is_well_is_told_nothing_of(planted: PlantedHost) -> None:
    unit = service.look()

    assert unit
    assert list(service.diagnoses(unit)) == []


def test_without_systemd_nobody_can_say(planted: PlantedHost) -> None:
    planted.lacks("systemctl")

    assert service.look() is None
