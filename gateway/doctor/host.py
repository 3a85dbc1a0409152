"""The machine as the doctor reads it: files beneath a root, and programs that answer. What cannot be read says nothing."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ANSWER_S = 10.0


class Host(NamedTuple):
    """`root`: where /dev, /etc, /proc and /sys are."""

    root: Path = Path("/")

    def text(self, path: str) -> str:
        """The content of a file, without blanks around it."""
        try:
            return (self.root / path).read_text(errors="replace").strip("\0 \n\t")
        except OSError:
            return ""

    def number(self, path: str, base: int = 10) -> int | None:
        """A file that holds one number."""
        try:
            return int(self.text(path), base)
        except ValueError:
            return None

    def glob(self, pattern: str) -> Iterator[str]:
        """Paths beneath the root, sorted."""
        yield from sorted(str(path.relative_to(self.root)) for path in self.root.glob(pattern))


def answer(*command: str) -> str | None:
    """What a program prints, in English; None: it is not there, fails, or does not come back."""
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603  # constant commands
            command, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=ANSWER_S, text=True, env=environment
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout


def properties(text: str | None) -> dict[str, str]:
    """The lines `key=value` that systemctl and timedatectl show."""
    return dict(line.split("=", 1) for line in (text or "").splitlines() if "=" in line)
