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
    kept = read(out / "status") == "0"
    return Row(name=what, kind="ports and radio", promise=promise, tried=1, other=int(not kept), said=read(out / "seen"))


def read(path: Path) -> str:
    """Nothing where the machine was cut off before it wrote this."""
    return path.read_text().strip() if path.exists() else ""


def stamp_of_guest(guest: str) -> Stamp:
    """Of this run. `guest`: what it says of its own bluetoothd and kernel."""
    here = stamp()
    machine = f"{guest or 'no machine that booted'}, in QEMU on {here.machine}"
    return Stamp(date=here.date, commit=here.commit, machine=machine)


def main(folder: Path, took_s: float) -> None:
    """Of all faults."""
    guest = next((text for fault in FAULTS if (text := read(folder / fault / "machine"))), "")
    write("vm", Figures(command="./dev vm radio", made=stamp_of_guest(guest), took_s=took_s, rows=rows(folder)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
