"""Hands over the credentials of the unit as systemd does at a start, so that who asks finds what the service finds."""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.settings.machine.unit import installed

STORES = ("etc/credstore", "run/credstore", "usr/local/lib/credstore", "usr/lib/credstore")  # systemd.exec(5), LoadCredential=
VARIABLE = "CREDENTIALS_DIRECTORY"


@contextmanager
def handed_over(loaded: Iterable[str], user: str, root: Path = Path("/")) -> Iterator[None]:
    """`loaded`: what LoadCredential= says, each `name` or `name:path`. Copies that this user alone may read; needs root.

    Where this process has credentials already, as in a reload of the service, those count.
    """
    if VARIABLE in os.environ:
        yield
        return
    its = pwd.getpwnam(user)
    with TemporaryDirectory(prefix="lifering-credentials-") as folder:
        for name, file in _found(loaded, root):
            copy = Path(folder) / name
            copy.touch(0o400)
            shutil.copyfile(file, copy)
            os.chown(copy, its.pw_uid, its.pw_gid)
        os.chown(folder, its.pw_uid, its.pw_gid)
        with _told(folder):
            yield


@contextmanager
def within_reach(root: Path = Path("/")) -> Iterator[None]:
    """Those of the installed unit for root, who reads them where they lie; others find what they find anyway."""
    unit = installed(root)
    if unit is None or os.geteuid() != 0 or VARIABLE in os.environ:
        yield
        return
    with TemporaryDirectory(prefix="lifering-credentials-") as folder:
        for name, file in _found(unit.credentials, root):
            (Path(folder) / name).symlink_to(file)
        with _told(folder):
            yield


@contextmanager
def _told(folder: str) -> Iterator[None]:
    os.environ[VARIABLE] = folder
    try:
        yield
    finally:
        del os.environ[VARIABLE]


def _found(loaded: Iterable[str], root: Path) -> Iterator[tuple[str, Path]]:
    for one in loaded:
        name, _, path = one.partition(":")
        places = [root / path.lstrip("/")] if path else [root / store / name for store in STORES]
        if file := next((place for place in places if place.is_file()), None):
            yield name, file
