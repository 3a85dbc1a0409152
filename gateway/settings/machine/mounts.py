"""Knows on which file system a path lies, and which one should be there and is not. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

IN_MEMORY = ("tmpfs", "ramfs")
OF_THE_KERNEL = ("proc", "sysfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "debugfs", "securityfs")


class Mount(NamedTuple):
    """A file system that is mounted."""

    point: Path
    kind: str
    is_read_only: bool


def mounted(mountinfo: str) -> Iterator[Mount]:
    """The lines of /proc/self/mountinfo, see proc(5)."""
    for line in mountinfo.splitlines():
        before, dash, after = line.partition(" - ")
        if dash:
            fields, (kind, _, super_options) = before.split(), after.split()
            options = {*fields[5].split(","), *super_options.split(",")}
            yield Mount(Path(_unescaped(fields[4])), kind, "ro" in options)


def named_in(fstab: str) -> Iterator[Path]:
    """Where /etc/fstab says that something is mounted, see fstab(5)."""
    for line in fstab.splitlines():
        fields = line.split()
        if len(fields) >= 2 and not line.lstrip().startswith("#") and fields[1].startswith("/"):
            yield Path(_unescaped(fields[1]))


def where(unit: str) -> Iterator[Path]:
    """Where a mount unit says so, see systemd.mount(5)."""
    yield from (Path(found) for found in re.findall(r"^Where=(/.*?)\s*$", unit, re.MULTILINE))


def mount_of(path: Path, mounts: Iterable[Mount]) -> Mount | None:
    """The one on which a path lies: the innermost, of several at one place the last."""
    around = [mount for mount in mounts if path.is_relative_to(mount.point)]
    return max(reversed(around), key=lambda mount: len(mount.point.parts), default=None)


def missing(path: Path, named: Iterable[Path], mounts: Iterable[Mount]) -> Path | None:
    """A place around the path at which something should be mounted, and is not."""
    points = {mount.point for mount in mounts}
    return next((place for place in named if path.is_relative_to(place) and place not in points), None)


def _unescaped(name: str) -> str:
    r"""A blank is written \040."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), name)
