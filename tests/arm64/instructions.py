"""Instructions per reading, from the line to the store, on arm64 and on x86-64: `./dev arm64 instructions`.

Counted by QEMU's user emulation, one by one (`count_instructions.c`): the same number with every load. What a start costs is
taken out: the difference between many readings and few. The kernel's instructions, and those of sending, are in no number.
The last count goes to docs/performance-arm64.json, for docs/performance.md (`./dev bench-page`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.machine import facts as machine_facts
from tests.benchmarks.page.files import INSTRUCTIONS
from tests.benchmarks.page.instructions import Instructions
from tests.json_file import encoded

PROJECT = Path(__file__).parents[2]
FEW, MANY = 1_000, 3_000


def main() -> None:
    """Of the arm64 root in this folder, and of this environment's Python."""
    root = Path(sys.argv[1]) / "debian"
    machines = {
        "arm64": ["qemu-aarch64", "-L", str(root), str(root / "usr/bin/python3")],
        "x86-64": ["qemu-x86_64", sys.executable],
    }
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        plugin, out = Path(folder) / "count.so", Path(folder) / "count"
        source = Path(__file__).with_name("count_instructions.c")
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", plugin, source], check=True)
        for machine, (emulator, *python) in machines.items():
            print(f"{machine}: counting ...", file=sys.stderr, flush=True)
            few, many = (
                _counted([emulator, "-plugin", f"{plugin},out={out}", *python], readings, out) for readings in (FEW, MANY)
            )
            each = (many - few) / (MANY - FEW)
            found[machine] = each
            print(f"{machine:8} {each:>10,.0f} instructions per reading ({few:,} for {FEW}, {many:,} for {MANY})")
    facts = machine_facts()
    INSTRUCTIONS.write_bytes(encoded(Instructions(date=facts["date"], commit=facts["lifering"], each=found)))


def _counted(python: list[str], readings: int, out: Path) -> int:
    """The instructions of one run."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONHASHSEED": "0"}
    command = [*python, "-m", "tests.arm64.readings", str(readings)]
    subprocess.run(command, env=environment, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    return int(out.read_text())


if __name__ == "__main__":
    main()
