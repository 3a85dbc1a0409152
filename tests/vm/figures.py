"""Writes what the faults of the radio came to, for the page on what breaks: `python -m tests.vm.figures FOLDER SECONDS`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.reliability.figures import Figures, Row, write
from tests.reliability.stamp import Stamp, stamp

FAULTS = {
    "presses": ("40 presses, at least half a second between them", "each is counted once"),
    "kinds": (
        "a band whose press is an iBeacon and whose other frames are Eddystone TLM: three presses, 53 s apart",
        "three presses",
    ),
    "hung": (
        "for two minutes a band that lets itself be connected and answers nothing; another is pressed every 8 s",
        "no gap of 5 s, every press heard, bluetoothd the same process",
    ),
    "hiccups": (
        "bluetoothd restarted, killed; the adapter switched off, blocked, pulled out",
        "the state true within 1 s, scanning again within 3 s, a strap within 15 s",
    ),
    "renamed": ("an adapter comes back as hci1, another is plugged in", "both are used"),
    "filter": (
        "an adapter that filters by address; 12 presses with bluetoothd as Debian runs it, 12 with `Experimental = true`",
        "told by `scan` and `check`; with a monitor all 12 are heard",
    ),
}


def rows(folder: Path) -> list[Row]:
    """One a fault, of what its boot left in `folder/FAULT`: how it ended (`status`), and what was seen (`seen`)."""
    return [_row(folder / fault, *texts) for fault, texts in FAULTS.items()]


def _row(out: Path, what: str, promise: str) -> Row:
    kept = _read(out / "status") == "0"
    return Row(name=what, kind="ports and radio", promise=promise, tried=1, other=int(not kept), said=_read(out / "seen"))


def _read(path: Path) -> str:
    """Nothing where the machine was cut off before it wrote this."""
    return path.read_text().strip() if path.exists() else ""


def main(folder: Path, took_s: float) -> None:
    """Of all faults."""
    guest = next((text for fault in FAULTS if (text := _read(folder / fault / "machine"))), "no machine that booted")
    here = stamp()
    made = Stamp(date=here.date, commit=here.commit, machine=f"{guest}, in QEMU on {here.machine}")
    write("vm", Figures(command="./dev vm radio", made=made, took_s=took_s, rows=rows(folder)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
