"""Writes a backup: a tar file, readable for its owner alone, there whole or not at all."""

from __future__ import annotations

import grp
import hashlib
import io
import os
import pwd
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from gateway.backup.manifest import NAME, Entry, Manifest, WrongBackup, encode
from gateway.backup.places import BEFORE, STAGED
from gateway.store.rescue.quarantine import sync_folder

MOST_BYTES = 64_000_000  # of a configuration: more is a folder of something else


def files_of(config: Path, apart: Path) -> dict[str, Path]:
    """Every file of the configuration's folder by its name in the backup; without the data folder, which lies `apart`.

    Raises WrongBackup: that folder holds too much to be one of a configuration.
    """
    found = {f"config/{path.relative_to(config.parent)}": path for path in _files(config.parent, apart)}
    if sum(path.stat().st_size for path in found.values()) > MOST_BYTES:
        raise WrongBackup("big folder", folder=config.parent, limit_mb=MOST_BYTES // 1_000_000)
    return found


def _files(folder: Path, apart: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path == apart or path.name == STAGED or path.name.startswith(BEFORE) or path.suffix == ".lifering-backup":
            continue
        if path.is_dir():
            yield from _files(path, apart)
        elif path.is_file():
            yield path


def entry_of(path: Path) -> Entry:
    """Its checksum, and whose it is."""
    status = path.stat()
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Entry(
        sha256=sha256,
        bytes=status.st_size,
        mode=status.st_mode & 0o777,
        user=_name(lambda: pwd.getpwuid(status.st_uid).pw_name),
        group=_name(lambda: grp.getgrgid(status.st_gid).gr_name),
    )


def _name(look_up: Callable[[], str]) -> str:
    try:
        return look_up()
    except KeyError:
        return ""


def write(target: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Mode 0600, on the disk when it returns; what was there under this name is replaced in one step. Raises OSError."""
    new = target.with_name(f".{target.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o600)
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                _add(tar, NAME, io.BytesIO(data := encode(manifest)), len(data))
                for name, path in files.items():
                    with path.open("rb") as content:
                        _add(tar, name, content, manifest.files[name].bytes)
            file.flush()
            os.fsync(descriptor)
        new.replace(target)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def _add(tar: tarfile.TarFile, name: str, content: io.BufferedIOBase, size: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    tar.addfile(info, content)
