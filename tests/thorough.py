"""How often a test tries what it tries at random: some times, or with `./dev thorough` (LIFERING_THOROUGH=1) many times."""

from __future__ import annotations

import os

THOROUGH = os.environ.get("LIFERING_THOROUGH") == "1"


def times(some: int, many: int) -> int:
    """So many times in this run."""
    return many if THOROUGH else some
