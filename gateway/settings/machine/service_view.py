"""Looks at a configuration and its machine with the rights that the service has, as far as whoever looks may."""

from __future__ import annotations

import os
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

from gateway.settings.checker import Examined
from gateway.settings.file import examine
from gateway.settings.machine.inspection import Inspected, inspected
from gateway.settings.machine.service_user import me, rights_of, there_is
from gateway.settings.machine.unit import Unit


def is_root() -> bool:
    """Whether who looks may look as anybody."""
    return os.geteuid() == 0


def seen_as_service(config: Path, unit: Unit | None, user: str | None, now: datetime) -> tuple[Examined, Inspected | None]:
    """What stands in the files, and what of this machine does not fit; `user`: whose rights hold, None: the unit's."""
    whose = user or (unit.user if unit and is_root() and there_is(unit.user) else None)
    with rights_of(whose, unit.groups if unit else ()) if whose and is_root() else nullcontext():
        its_unit = unit if unit and unit.user == me() else None
        examined = examine(config)
        if examined.values is None:
            return examined, None
        return examined, inspected(examined.values, me(), its_unit, for_service=bool(whose or its_unit), now=now)
