"""A card for a test: ext4 on a loop device, really mounted. It can die as a worn card does, and be mended."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MEGABYTES = 64


class Card:
    """`folder` is where it is mounted."""

    def __init__(self, image: Path, folder: Path) -> None:
        self.folder = folder
        self._image = image

    def insert(self) -> None:
        """Mount it."""
        run("mount", "-o", "loop", str(self._image), str(self.folder))

    def dies(self) -> None:
        """The file system meets an error: from now on nothing is written, whatever is open (ext4(5), abort)."""
        run("mount", "-o", "remount,abort", str(self.folder))

    def is_mended(self) -> None:
        """Taken out, checked, and put in again: as another device, as a USB disk is while files of the old one are open."""
        self.take_out()
        again = self._image.with_suffix(".again")
        shutil.copyfile(self._image, again)
        self._image = again
        subprocess.run(["e2fsck", "-fy", str(self._image)], check=False, capture_output=True)  # 1: it has mended something
        self.insert()

    def take_out(self) -> None:
        """At once, whoever has files of it open."""
        run("umount", "--lazy", str(self.folder))


@contextmanager
def card(folder: Path) -> Iterator[Card]:
    """Inserted; skips the test where that is not allowed."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a card")
    folder.mkdir()
    image = folder.with_suffix(".img")
    image.write_bytes(b"")
    os.truncate(image, MEGABYTES * 1_000_000)
    inserted = Card(image, folder)
    try:
        run("mkfs.ext4", "-q", "-F", str(image))
        inserted.insert()
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        pytest.skip(f"this machine does not let us mount a card: {error}")
    try:
        yield inserted
    finally:
        inserted.take_out()


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
