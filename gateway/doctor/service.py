"""The unit of the gateway, as systemd has it: is it enabled, does it run, or begin again and again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from gateway.doctor.diagnosis import Diagnosis
from gateway.doctor.host import answer, properties

UNIT = "lifering.service"
SHOWN = (
    "LoadState",
    "UnitFileState",
    "ActiveState",
    "SubState",
    "Result",
    "NRestarts",
    "NeedDaemonReload",
    "MainPID",
    "ActiveEnterTimestampMonotonic",
)
MANY_RESTARTS, STEADY_S = 3, 300.0


class UnitState(NamedTuple):
    """Of systemctl(1) show. `steady_s`: for how long it is active; `restarts`: since somebody started it."""

    is_there: bool
    file: str
    active: str
    sub: str
    result: str
    restarts: int
    has_changed: bool
    pid: int
    steady_s: float


def look() -> UnitState | None:
    """None: there is no systemd that answers."""
    shown = properties(answer("systemctl", "show", UNIT, f"--property={','.join(SHOWN)}"))
    return read(shown, time.monotonic()) if shown else None


def read(shown: dict[str, str], now_s: float) -> UnitState:
    """What systemctl showed. Pure."""

    def number(key: str) -> int:
        value = shown.get(key, "")
        return int(value) if value.isdigit() else 0

    return UnitState(
        is_there=shown.get("LoadState") not in ("not-found", None),
        file="masked" if shown.get("LoadState") == "masked" else shown.get("UnitFileState", ""),
        active=shown.get("ActiveState", ""),
        sub=shown.get("SubState", ""),
        result=shown.get("Result", ""),
        restarts=number("NRestarts"),
        has_changed=shown.get("NeedDaemonReload") == "yes",
        pid=number("MainPID"),
        steady_s=now_s - number("ActiveEnterTimestampMonotonic") / 1e6,
    )


def diagnoses(unit: UnitState) -> Iterator[Diagnosis]:
    """What is wrong with it. Pure."""
    if not unit.is_there:
        yield Diagnosis("service", "unit_missing", is_fault=False)
        return
    if unit.has_changed:
        yield Diagnosis("service", "unit_changed", is_fault=False)
    if unit.file == "masked":
        yield Diagnosis("service", "unit_masked")
        return
    if unit.file == "disabled":
        yield Diagnosis("service", "unit_disabled")
    if unit.sub == "auto-restart" or (unit.restarts >= MANY_RESTARTS and unit.steady_s < STEADY_S):
        yield Diagnosis("service", "unit_restarts", {"times": unit.restarts})
    elif unit.active == "failed":
        yield Diagnosis("service", "unit_failed", {"result": unit.result})
    elif unit.active == "inactive":
        yield Diagnosis("service", "unit_waits" if unit.result == "exec-condition" else "unit_stopped")
