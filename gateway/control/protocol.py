"""What the control socket and those who ask there agree on: where it is, and the words that no page promises."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "control"
UNDER_SYSTEMD = Path("/run/lifering")

HELLO = "hello"  # a verb that does nothing: is this the gateway that is meant?
OTHER_GATEWAY = "other gateway"
FAILED = "failed, see the log"
STILL_OPEN = "alert is open: "  # and its id follows
BAD_ARGUMENTS = "bad arguments: "  # and what is wrong with them follows, for whoever writes scripts


def path_to_listen_at(data_dir: Path) -> Path:
    """In the runtime folder that systemd made for this service, else in the data folder."""
    return Path(os.environ.get("RUNTIME_DIRECTORY") or data_dir) / NAME


def paths_to_try(data_dir: Path) -> tuple[Path, Path]:
    """Where a gateway with this data folder may listen. At the first, one with another data folder may."""
    return Path(os.environ.get("RUNTIME_DIRECTORY") or UNDER_SYSTEMD) / NAME, data_dir / NAME


@contextmanager
def short_name(path: Path) -> Iterator[str]:
    """A name of this path with the at most 107 bytes that a socket's may have (unix(7)). Raises OSError: no such folder."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
