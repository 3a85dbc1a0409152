"""The gateway without root's power over every file (capabilities(7), CAP_DAC_OVERRIDE): what the rights forbid is forbidden.

python -m tests.system.no_override ARGUMENTS OF gateway...
"""

from __future__ import annotations

import ctypes
import os
import sys

PR_CAPBSET_DROP = 24  # prctl(2)
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


def main(arguments: list[str]) -> None:
    """What the bounding set lacks is lost with the next program; whoever is not root never had it, and is refused here."""
    libc = ctypes.CDLL(None)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    os.execv(sys.executable, [sys.executable, "-m", "gateway", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
