"""The disk beneath the data: what the kernel tells of its errors and its wear.

Sources: Linux Documentation/ABI/testing/sysfs-fs-ext4 (errors_count), drivers/mmc/core/mmc.c (life_time, pre_eol_info; JEDEC
JESD84-B51, 7.4: a life time of 0x09 is 80 to 90 % used, 0x0B more than all of it). SD cards have no such counters.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from gateway.doctor.diagnosis import Diagnosis
from gateway.doctor.host import Host
from gateway.health.machine import NEARLY_FULL_MB

WORN, WORN_OUT = 0x09, 0x0B
EOL_WARNING, EOL_URGENT = 2, 3
ENOUGH_FILES = 1000
MB = 1_000_000


class DiskFacts(NamedTuple):
    """`errors`: of its file system, since it was made; `life`: of eMMC in tenths, rounded up; `end_of_life`: see JESD84-B51."""

    name: str
    free_mb: int
    free_files: int | None
    errors: int
    life: int
    end_of_life: int


def look(host: Host, folder: Path) -> DiskFacts | None:
    """The disk on which this folder is, or will be made; None: nobody can say."""
    nearest = next((place for place in (folder, *folder.parents) if place.is_dir()), Path("/"))
    try:
        usage, number = os.statvfs(nearest), nearest.stat().st_dev
    except OSError:
        return None
    block = host.root / f"sys/dev/block/{os.major(number)}:{os.minor(number)}"
    name = Path(os.path.realpath(block)).name if block.exists() else ""
    return of_block(host, name)._replace(
        free_mb=usage.f_bavail * usage.f_frsize // MB, free_files=usage.f_favail if usage.f_files else None
    )


def of_block(host: Host, name: str) -> DiskFacts:
    """What sysfs tells of a partition: mmcblk0p2, or of a disk."""
    disk = name.partition("p")[0] if name.startswith("mmcblk") else name
    life = [int(word, 16) for word in host.text(f"sys/block/{disk}/device/life_time").split() if word.startswith("0x")]
    return DiskFacts(
        name=name,
        free_mb=0,
        free_files=None,
        errors=host.number(f"sys/fs/ext4/{name}/errors_count") or 0 if name else 0,
        life=max(life, default=0),
        end_of_life=host.number(f"sys/block/{disk}/device/pre_eol_info", 16) or 0,
    )


def diagnoses(disk: DiskFacts) -> Iterator[Diagnosis]:
    """What is wrong with it, beside what `check` says of the place. Pure."""
    if disk.free_mb < NEARLY_FULL_MB:
        yield Diagnosis("disk", "disk_has_no_room", {"free_mb": disk.free_mb})
    if disk.free_files is not None and disk.free_files < ENOUGH_FILES:
        yield Diagnosis("disk", "disk_no_inodes", {"files": disk.free_files})
    if disk.errors:
        yield Diagnosis("disk", "disk_errors", {"disk": disk.name, "errors": disk.errors})
    if disk.life >= WORN_OUT or disk.end_of_life >= EOL_URGENT:
        yield Diagnosis("disk", "disk_worn_out", {"disk": disk.name})
    elif disk.life >= WORN or disk.end_of_life >= EOL_WARNING:
        yield Diagnosis("disk", "disk_wears", {"disk": disk.name}, is_fault=False)
