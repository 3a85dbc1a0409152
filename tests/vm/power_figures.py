"""Writes what came of the power cuts of the machine, for the page on what breaks: `... CUTS ALERTS SECONDS`."""

from __future__ import annotations

import sys

from tests.reliability.figures import Figures, Row, write
from tests.reliability.stamp import stamp


def main(cuts: int, alerts: int, took_s: float) -> None:
    """All of them were kept: where one is lost the command ends before."""
    row = Row(
        name="the machine is killed with its disk, a real ext4, while people press",
        kind="power",
        promise="every alert that the platform was told of is there after the boot",
        tried=cuts,
        said=f"{alerts} alerts were told",
    )
    write("vm-power", Figures(command=f"./dev vm power {cuts}", made=stamp(), took_s=took_s, rows=[row]))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
