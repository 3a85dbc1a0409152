"""The command `lifering`, also as `python -m gateway`."""

from __future__ import annotations

import sys

from gateway import cli


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    sys.exit(cli.main(sys.argv[1:]))


if __name__ == "__main__":
    main()
