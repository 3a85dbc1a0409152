"""How often a test tries what it tries at random: some times, or with `./dev thorough` (LIFERING_THOROUGH=1) many times.

And by which chance: the suite's, the same each time, or with `./dev thorough` by another one. A test that fails says which;
LIFERING_SEED has it drawn again.
"""

from __future__ import annotations

import os

THOROUGH = os.environ.get("LIFERING_THOROUGH") == "1"
SEED = os.environ.get("LIFERING_SEED") or (os.urandom(4).hex() if THOROUGH else "suite")


def times(some: int, many: int) -> int:
    """So many times in this run."""
    return many if THOROUGH else some
