"""Writes what the faults of the radio came to, for the page on what breaks: `python -m tests.vm.figures SECONDS [FAULT...]`."""

from __future__ import annotations

import sys

from tests.reliability.figures import Figures, Row, write
from tests.reliability.stamp import stamp

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


def rows(broken: list[str]) -> list[Row]:
    """One a fault."""
    return [
        Row(name=what, kind="ports and radio", promise=promise, tried=1, other=int(name in broken))
        for name, (what, promise) in FAULTS.items()
    ]


if __name__ == "__main__":
    seconds, *broken = sys.argv[1:]
    write("vm", Figures(command="./dev vm radio", made=stamp(), took_s=float(seconds), rows=rows(broken)))
