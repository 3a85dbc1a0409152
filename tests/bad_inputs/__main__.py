"""Tries every bad input, prints a line a class, writes docs/reliability/bad_inputs.json. Gives 1 where one is not handled."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.bad_inputs.classes import CLASSES, Class
from tests.reliability import figures
from tests.reliability.figures import Figures, Input
from tests.reliability.stamp import stamp


def main() -> int:
    """One class after the other."""
    made, began_s = stamp(), time.monotonic()
    inputs = [_tried(name, kind) for name, kind in CLASSES.items()]
    for one in inputs:
        print(f"{one.kind:40} {one.handled:>4} of {one.tried}")
    took_s = round(time.monotonic() - began_s)
    figures.write("bad_inputs", Figures(command="./dev test tests/bad_inputs", made=made, took_s=took_s, inputs=inputs))
    subprocess.run([sys.executable, "-m", "tests.make_reliability"], check=True)
    return 0 if all(one.handled == one.tried for one in inputs) else 1


def _tried(name: str, kind: Class) -> Input:
    handled = 0
    for what, planted in kind.INPUTS.items():
        with tempfile.TemporaryDirectory() as folder:
            try:
                assert kind.said(planted, Path(folder))
            except Exception:
                print(f"{name}: {what}\n{traceback.format_exc()}", file=sys.stderr)
            else:
                handled += 1
    return Input(kind=kind.KIND, parser=kind.PARSER, tried=len(kind.INPUTS), handled=handled)


if __name__ == "__main__":
    sys.exit(main())
