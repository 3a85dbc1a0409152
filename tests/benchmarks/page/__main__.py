"""Draws docs/performance.md and its pictures anew out of docs/performance.json: `./dev bench-page`."""

from __future__ import annotations

import sys

from tests.benchmarks.page.files import write

if __name__ == "__main__":
    sys.exit(write())
