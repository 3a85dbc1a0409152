"""The gateway with commits of readings that are further apart: what another loss bound would write. No setting does this.

python -m tests.benchmarks.slow_commit SECONDS ARGUMENTS OF gateway...
"""

from __future__ import annotations

import sys

from gateway import cli
from gateway.store import readings

if __name__ == "__main__":
    assert readings.COMMIT_S == 1.0, "the constant that this changes means something else now"
    readings.COMMIT_S = float(sys.argv[1])
    sys.exit(cli.main(sys.argv[2:]))
