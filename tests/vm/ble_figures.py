"""What came of the steps of `./dev vm ble`: a table, and figures for the page on what breaks.

    python -m tests.vm.ble_figures FOLDER SECONDS [STEP...]

FOLDER is what the machine saw as /out. Ends with 1 where a promise was broken; some steps alone leave no figures.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from tests.reliability.figures import Figures, Row, write
from tests.vm.ble_steps import Done, Step, chosen
from tests.vm.figures import read, stamp_of_guest


def left(folder: Path) -> dict[str, Done]:
    """What the machine left of the steps that it came to the end of."""
    done = msgspec.json.decode(f"[{','.join(read(folder / 'steps').splitlines())}]", type=list[Done])
    return {one.name: one for one in done}


def table(steps: list[Step], done: dict[str, Done]) -> str:
    """A line a step: `ok`, `BROKEN`, or `-` where the machine did not come to its end; its seconds; what was seen."""
    return "\n".join(f"{step.name:12}{_cells(done.get(step.name))}" for step in steps)


def _cells(done: Done | None) -> str:
    return f"{'ok' if done.kept else 'BROKEN':8}{done.took_s:>5.0f} s   {done.seen}" if done else "-"


def rows(steps: list[Step], done: dict[str, Done]) -> list[Row]:
    """One a step."""
    return [_row(step, done.get(step.name)) for step in steps]


def _row(step: Step, done: Done | None) -> Row:
    return Row(
        name=f"in one boot: {step.what}",
        kind="ports and radio",
        promise=step.promise,
        tried=1,
        other=int(not (done and done.kept)),
        said=done.seen if done else "",
    )


def main(folder: Path, took_s: float, names: list[str]) -> int:
    """The table, and of a whole run the figures."""
    steps, done = chosen(names), left(folder)
    if not names:
        made = stamp_of_guest(read(folder / "machine"))
        write("vm-ble", Figures(command="./dev vm ble", made=made, took_s=took_s, rows=rows(steps, done)))
    print(table(steps, done), flush=True)
    return int(any(row.other for row in rows(steps, done)))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))
