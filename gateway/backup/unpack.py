"""Reads a backup into folders beside their places, each file checked; nothing that is in use is touched."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from gateway.backup.manifest import NAME, STORE, Entry, Manifest, WrongBackup, decode, parts
from gateway.backup.places import STAGED, Places, give, give_back
from gateway.store.rescue.quarantine import sync_folder

MOST_BYTES = 4_000_000  # of a manifest
CHUNK = 1 << 20


def look_into(backup: Path) -> Manifest:
    """What is in it; every file of it is read, and its checksum is right. Raises WrongBackup, OSError."""
    with _opened(backup) as tar:
        manifest = _manifest(tar)
        seen = {member.name for member, content in _members(tar, manifest) if _is_whole(content, manifest.files[member.name])}
    if missing := sorted(manifest.files.keys() - seen):
        raise WrongBackup("damaged", what=missing[0])
    return manifest


def stage(backup: Path, manifest: Manifest, places: Places) -> None:
    """All of it into the folders beside its places, on the disk when it returns. Raises WrongBackup, OSError."""
    for folder in places.both:
        shutil.rmtree(folder / STAGED, ignore_errors=True)
        (folder / STAGED).mkdir(mode=0o700)
    with _opened(backup) as tar:
        for member, content in _members(tar, _manifest(tar)):
            target = _target(member.name, manifest, places)
            _make_folder(target.parent, places.service)
            _write(target, content, manifest.files[member.name])
            if member.name in STORE:
                give(target, places.service)
            else:
                give_back(target, manifest.files[member.name], places.service)
    for folder in places.both:
        sync_folder(folder / STAGED)


def _make_folder(folder: Path, service: tuple[int, int] | None) -> None:
    if not folder.exists():
        _make_folder(folder.parent, service)
        folder.mkdir(mode=0o750)
        give(folder, service)


def _target(name: str, manifest: Manifest, places: Places) -> Path:
    if name in STORE:
        return places.data / STAGED / name.removeprefix("store/")
    inner = name.removeprefix("config/")
    return places.config / STAGED / (places.name if inner == manifest.config else inner)


def put_names(manifest: Manifest, places: Places) -> list[str]:
    """What is put into the folder of the configuration."""
    return sorted(places.name if name == manifest.config else name for name in parts(manifest.files))


@contextmanager
def _opened(backup: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(backup, mode="r:") as tar:
            yield tar
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise WrongBackup("no backup") from error


def _manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    content = tar.extractfile(first) if first is not None and first.name == NAME and first.isfile() else None
    if first is None or content is None or first.size > MOST_BYTES:
        raise WrongBackup("no backup")
    return decode(content.read())


def _members(tar: tarfile.TarFile, manifest: Manifest) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    seen = {NAME}
    while member := tar.next():
        content = tar.extractfile(member) if member.isfile() else None
        if content is None or member.name in seen or member.name not in manifest.files:
            raise WrongBackup("damaged", what=repr(member.name))
        seen.add(member.name)
        yield member, content


def _is_whole(content: IO[bytes], entry: Entry) -> bool:
    """Whether it is as its checksum says."""
    return _digest(_chunks(content)) == entry.sha256


def _digest(chunks: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(content: IO[bytes]) -> Iterator[bytes]:
    while chunk := content.read(CHUNK):
        yield chunk


def _write(target: Path, content: IO[bytes], entry: Entry) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    digest = hashlib.sha256()
    with os.fdopen(descriptor, "wb") as file:
        for chunk in _chunks(content):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(descriptor)
    if digest.hexdigest() != entry.sha256:
        raise WrongBackup("damaged", what=target.name)
