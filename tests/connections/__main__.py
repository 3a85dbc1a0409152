"""Plays the week and writes `docs/connections.md` with its picture: `./dev bench connections [--days N] [--seed N] [--dry]`."""

from __future__ import annotations

import argparse
import sys
from random import Random

from tests.connections import page
from tests.connections.bands import DAY_S, hundred
from tests.connections.report import report
from tests.connections.week import play
from tests.reliability.stamp import stamp


def main() -> int:
    """Prints the page; 1 where a band waited for longer than is promised."""
    parser = argparse.ArgumentParser(prog="./dev bench connections", description="A virtual week of a hundred bands.")
    parser.add_argument("--days", type=int, default=7, metavar="N", help="virtual days (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of all that is drawn (%(default)s)")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    options = parser.parse_args()
    ends_s = options.days * DAY_S
    found = report(play(hundred(Random(options.seed), ends_s), ends_s, options.seed), stamp(), options.seed)
    print(page.text(found))
    if not options.dry:
        page.write(found)
    broken = [group.kind for group in found.groups if group.promised_s and max(group.waits_s) > group.promised_s]
    print("\n".join(f"longer than promised: {kind}" for kind in broken), file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
