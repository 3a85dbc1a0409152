"""Runs the harness that measures other gateways beside ours, where it is on this machine: `./dev bench peers [ARGS]`.

It installs them, which needs a network, and takes 40 minutes; `--quick` ten. ARGS go to the harness. What it finds goes to
docs/performance-peers.json, and the page is made anew.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from tests.benchmarks.neighbours import FOLDER
from tests.benchmarks.page.files import PEERS, write
from tests.daemon import CHECKOUT


def main(arguments: Sequence[str]) -> int:
    """Its exit code; 1 where it is not here."""
    harness = FOLDER / "run.py"
    if not harness.exists():
        print(f"{FOLDER} is not there: LIFERING_PEERS names the folder of the harness", file=sys.stderr)
        return 1
    command = [sys.executable, str(harness), "--lifering", str(CHECKOUT), "--json", str(PEERS), *arguments]
    code = subprocess.run(command, check=False).returncode
    return code or write()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
