"""The machine is looked at as often as it is worth, and only what can be known of it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.clock import ClockState
from gateway.health import machine as file
from gateway.health.board import Board
from gateway.health.machine import CERTIFICATES_S, DISK_S, Machine
from gateway.supervision.fault_watch import What
from tests.certificates import Authority
from tests.gateway.upper_half import TestClock


class SetClock(TestClock):
    """Stands at the time of this day, for real certificates."""

    is_synced = True

    def wall_ms(self) -> int:  # type: ignore[explicit-override]  # from 3.12 on
        return round(datetime.now(UTC).timestamp() * 1000)

    def state(self) -> ClockState:  # type: ignore[explicit-override]  # from 3.12 on
        return "synced" if self.is_synced else "unsynced"


def machine_of(clock: TestClock, *files: Path, others: dict[str, float] | None = None) -> Machine:
    return Machine(clock, Path("/"), board=Board(Path("/nowhere")), files=lambda: files, others=lambda: others or {})


def faults(machine: Machine) -> list[tuple[str, str]]:
    return [(fault.fault, fault.device) for fault in machine.seen()]


def test_a_disk_that_runs_full_is_told_until_there_is_room_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, free_mb = TestClock(), iter((5000, 199, 201, 399, 400))
    monkeypatch.setattr(file, "disk_usage", lambda _: SimpleNamespace(free=next(free_mb) * 1_000_000, total=16_000_000_000))
    machine, found = machine_of(clock), []
    for _ in range(5):
        found.append(faults(machine))
        clock.now_s += DISK_S

    assert found == [[], [("disk_nearly_full", "")], [("disk_nearly_full", "")], [("disk_nearly_full", "")], []]


async def test_a_certificate_that_is_renewed_in_its_place_is_no_fault_within_the_hour(tmp_path: Path) -> None:
    authority, clock = Authority(tmp_path), SetClock()
    signed = authority.signs("client", valid_for=timedelta(days=3))
    machine = machine_of(clock, signed.cert_file)
    await machine.read_certificates()
    before = faults(machine)
    authority.signs("client", valid_for=timedelta(days=300))
    await machine.read_certificates()
    soon = faults(machine)
    clock.now_s += CERTIFICATES_S
    await machine.read_certificates()

    assert before == soon == [("certificate_expires", "authority-client.pem")]
    assert faults(machine) == []


async def test_a_reload_reads_certificates_at_once(tmp_path: Path) -> None:
    authority, clock = Authority(tmp_path), SetClock()
    machine = machine_of(clock, authority.signs("client", valid_for=timedelta(days=3)).cert_file)
    await machine.read_certificates()
    authority.signs("client", valid_for=timedelta(days=300))
    machine.read_again()
    await machine.read_certificates()

    assert faults(machine) == []


def test_the_certificate_that_a_broker_has_shown_counts_as_well() -> None:
    clock = SetClock()
    ends_s = clock.wall_ms() / 1000 + 5 * 86_400

    assert faults(machine_of(clock, others={"a:8883": ends_s})) == [("certificate_expires", "broker a:8883")]


def test_while_the_clock_is_not_set_nobody_can_say_when_a_certificate_ends() -> None:
    clock = SetClock()
    clock.is_synced = False
    machine = machine_of(clock, others={"a:8883": 0.0})

    assert faults(machine) == [("clock_unset", "")]
    assert machine.undecided(What("certificate_expires", "client.pem", ""))


def test_before_the_broker_has_shown_its_certificate_nobody_can_say_that_it_was_renewed() -> None:
    shown: dict[str, float] = {}
    machine = Machine(SetClock(), Path("/"), board=Board(Path("/nowhere")), others=lambda: shown)
    ends = What("certificate_expires", "broker a:8883", "")

    before = machine.undecided(ends)
    shown["a:8883"] = 9e9

    assert (before, machine.undecided(ends)) == (True, False)
