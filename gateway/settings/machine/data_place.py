"""Looks at the place where the data are to be kept: whether it can be written, on which disk it is, and how much is free."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from gateway.settings.machine import mounts
from gateway.settings.machine.mounts import IN_MEMORY, OF_THE_KERNEL, Mount
from gateway.settings.machine.unit import Unit

MB, GB = 1_000_000, 1_000_000_000
OF_ALERTS_MB = 64  # on top of `store.max_mb`

Wrong = tuple[str, Mapping[str, object]]


class Place(NamedTuple):
    """What there is. `nearest`: the folder itself, or the one around it in which it would have to be made."""

    folder: Path
    nearest: Path
    may_write: bool
    forbidden: Path | None
    """A file in it that may not be read and written."""
    mount: Mount | None
    missing: Path | None
    """A mount that should be there and is not."""
    total: int
    free: int
    held: int
    """Bytes, on the disk and in the folder."""


def look(folder: Path, root: Path = Path("/")) -> Place:
    """With the rights that this process has. `root`: where /etc and /proc are."""
    folder = Path(os.path.realpath(folder))
    nearest = next((place for place in (folder, *folder.parents) if _is_there(place)), Path("/"))
    mounted = list(mounts.mounted(_text(root / "proc/self/mountinfo")))
    named = [*mounts.named_in(_text(root / "etc/fstab")), *_of_units(root)]
    disk = _disk(nearest)
    files = _files(folder)
    return Place(
        folder,
        nearest,
        os.access(nearest, os.W_OK | os.X_OK, effective_ids=True),
        next((file for file in files if not os.access(file, os.R_OK | os.W_OK, effective_ids=True)), None),
        mounts.mount_of(nearest, mounted),
        mounts.missing(folder, named, mounted),
        disk.f_blocks * disk.f_frsize if disk else 0,
        disk.f_bavail * disk.f_frsize if disk else 0,
        sum(map(_size, files)),
    )


def mistakes(place: Place, user: str, unit: Unit | None, *, for_service: bool) -> Iterator[Wrong]:
    """Why data cannot be kept there: by anybody, and by the service where this user is its. Pure."""
    if place.mount and place.mount.kind in OF_THE_KERNEL:
        yield "data_dir_on_no_disk", {"folder": str(place.folder)}
        return
    if place.missing:
        yield "data_dir_not_mounted", {"point": str(place.missing)}
    if place.mount and place.mount.is_read_only:
        yield "data_dir_read_only", {"point": str(place.mount.point)}
    if for_service:
        yield from _of_service(place, user, unit)


def _of_service(place: Place, user: str, unit: Unit | None) -> Iterator[Wrong]:
    facts = {"folder": str(place.folder), "user": user}
    refused = unit.refuses(place.folder) if unit else None
    if refused is None or refused == "data_dir_outside_sandbox":  # else another folder is needed
        yield from _rights(place, facts, unit)
    if refused:
        yield refused, facts


def _rights(place: Place, facts: Mapping[str, object], unit: Unit | None) -> Iterator[Wrong]:
    is_there = place.nearest == place.folder
    if unit and unit.makes(place.folder) and not (is_there and place.may_write):
        return  # systemd makes the folder and hands over all that is in it
    if not place.may_write:
        yield "data_dir_forbidden" if is_there else "data_dir_cannot_be_made", facts
    elif place.forbidden:
        yield "data_file_forbidden", {**facts, "file": str(place.forbidden)}


def doubts(place: Place, max_mb: int) -> Iterator[Wrong]:
    """What is allowed there, but perhaps not meant. Pure."""
    needed = (max_mb + OF_ALERTS_MB) * MB
    point = str(place.mount.point) if place.mount else "/"
    if place.mount and place.mount.kind in IN_MEMORY:
        yield "data_dir_in_memory", {"point": point}
    if not place.total:
        return
    if needed > place.total:
        yield "disk_too_small", {"max_mb": max_mb, "disk_gb": _gb(place.total), "point": point}
    elif needed > place.free + place.held:
        yield "disk_too_full", {"max_mb": max_mb, "free_gb": _gb(place.free), "point": point}


def _gb(size: int) -> str:
    return f"{size / GB:.1f}"


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except OSError:
        return False
    return True


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file())
    except OSError:
        return []


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _disk(folder: Path) -> os.statvfs_result | None:
    try:
        return os.statvfs(folder)
    except OSError:
        return None


def _text(file: Path) -> str:
    """What is not there or may not be read says nothing."""
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""


def _of_units(root: Path) -> Iterator[Path]:
    for folder in ("etc/systemd/system", "usr/lib/systemd/system"):
        try:
            units = list((root / folder).glob("*.mount"))
        except OSError:
            continue
        for unit in units:
            yield from mounts.where(_text(unit))
