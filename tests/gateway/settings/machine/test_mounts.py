"""On which file system a path lies, and which one should be there and is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings.machine.mounts import Mount, missing, mount_of, mounted, named_in, where

MOUNTINFO = r"""
22 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw
25 22 0:22 / /run rw,nosuid - tmpfs tmpfs rw,size=1024k
90 22 8:1 / /mnt/my\040ssd rw,relatime shared:50 - ext4 /dev/sda1 rw
91 22 8:2 / /mnt/broken rw,relatime - ext4 /dev/sdb1 ro,errors=remount-ro
"""
FSTAB = r"""
# <file system> <mount point> <type> <options>
PARTUUID=1-02 / ext4 defaults 0 1
UUID=77 /mnt/my\040ssd ext4 defaults,nofail 0 2
UUID=78 /mnt/stick ext4 defaults,nofail 0 2
UUID=79 none swap sw 0 0
#UUID=80 /mnt/old ext4 defaults 0 2
"""
MOUNTS = list(mounted(MOUNTINFO))


@pytest.mark.parametrize(
    ("path", "mount"),
    [
        ("/var/lib/lifering", Mount(Path("/"), "ext4", is_read_only=False)),
        ("/run/x", Mount(Path("/run"), "tmpfs", is_read_only=False)),
        ("/runner", Mount(Path("/"), "ext4", is_read_only=False)),
        ("/mnt/my ssd/lifering", Mount(Path("/mnt/my ssd"), "ext4", is_read_only=False)),
        ("/mnt/broken", Mount(Path("/mnt/broken"), "ext4", is_read_only=True)),
    ],
)
def test_a_path_lies_on_the_innermost_mount(path: str, mount: Mount) -> None:
    assert mount_of(Path(path), MOUNTS) == mount


def test_what_is_mounted_over_another_is_the_one_that_counts() -> None:
    again = [*MOUNTS, Mount(Path("/run"), "ext4", is_read_only=True)]

    assert mount_of(Path("/run/x"), again) == again[-1]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/mnt/stick/lifering", "/mnt/stick"),
        ("/mnt/stick", "/mnt/stick"),
        ("/mnt/my ssd/x", None),
        ("/mnt/old", None),
        ("/x", None),
    ],
)
def test_a_mount_that_fstab_names_and_that_is_not_there_is_missing(path: str, place: str | None) -> None:
    assert missing(Path(path), named_in(FSTAB), MOUNTS) == (Path(place) if place else None)


def test_a_mount_unit_names_one_too() -> None:
    unit = "[Unit]\nDescription=stick\n[Mount]\nWhat=/dev/disk/by-label/DATA\nWhere=/mnt/stick\nType=ext4\n"

    assert missing(Path("/mnt/stick/lifering"), where(unit), MOUNTS) == Path("/mnt/stick")
