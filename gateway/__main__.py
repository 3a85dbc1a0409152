"""The command `lifering`, also as `python -m gateway`."""

from __future__ import annotations

import signal
import sys

if sys.argv[1:2] == ["run"]:  # who asks for a reload before anybody can listen must not end it; the file is read later anyway
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

from gateway import cli


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    sys.exit(cli.main(sys.argv[1:]))


if __name__ == "__main__":
    main()
