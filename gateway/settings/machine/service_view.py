"""Looks at a configuration and its machine with the rights that the service has, as far as whoever looks may."""

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


def seen_as_service(config: Path, unit: Unit | None, user: str | None, now: datetime) -> tuple[Examined, Inspected | None]:
    """What stands in the files, and what of this machine does not fit; `user`: whose rights hold, None: the unit's."""
    whose = user or (unit.user if unit and is_root() and there_is(unit.user) else None)
    with _rights_of(whose, unit):
        its_unit = unit if unit and unit.user == me() else None
        examined = examine(config)
        if examined.values is None:
            return examined, None
        return examined, inspected(examined.values, me(), its_unit, for_service=bool(whose or its_unit), now=now)


@contextmanager
def _rights_of(user: str | None, unit: Unit | None) -> Iterator[None]:
    """Those of the service where this is its user; for None, and for who is not root, those that hold anyway."""
    if user is None or not is_root():
        yield
        return
    its = unit if unit and unit.user == user else Unit()
    with handed_over(its.credentials, user), rights_of(user, its.groups):
        yield
