"""Looks at a configuration and its machine as the service does, as far as whoever looks may: its rights and its credentials."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from gateway.settings.checker import Examined
from gateway.settings.file import examine
from gateway.settings.machine.credentials import handed_over
from gateway.settings.machine.inspection import Inspected, inspected
from gateway.settings.machine.service_user import me, rights_of, there_is
from gateway.settings.machine.unit import Unit


def is_root() -> bool:
    """Whether who looks may look as anybody."""
    return os.geteuid() == 0


@contextmanager
def credentials_of(unit: Unit | None, user: str | None = None) -> Iterator[None]:
    """With the credentials of the service, where this is its user and who looks is root; None: the unit's user."""
    its_user = _whose(unit, user)
    if its_user is None or not is_root():
        yield
        return
    with handed_over(_of(unit, its_user).credentials, its_user):
        yield


def seen_as_service(config: Path, unit: Unit | None, user: str | None, now: datetime) -> tuple[Examined, Inspected | None]:
    """What stands in the files, and what of this machine does not fit; `user`: whose rights hold, None: the unit's."""
    its_user = _whose(unit, user)
    with credentials_of(unit, user), _rights(unit, its_user):
        its_unit = unit if unit and unit.user == me() else None
        examined = examine(config)
        if examined.values is None:
            return examined, None
        return examined, inspected(examined.values, me(), its_unit, for_service=bool(its_user or its_unit), now=now)


@contextmanager
def _rights(unit: Unit | None, user: str | None) -> Iterator[None]:
    if user is None or not is_root():
        yield
        return
    with rights_of(user, _of(unit, user).groups):
        yield


def _whose(unit: Unit | None, user: str | None) -> str | None:
    return user or (unit.user if unit and is_root() and there_is(unit.user) else None)


def _of(unit: Unit | None, user: str) -> Unit:
    """Another user has nothing of the unit."""
    return unit if unit and unit.user == user else Unit()
