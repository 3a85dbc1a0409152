"""What a backup says of itself: whose it is, of when, and what is in it, each file with its checksum. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec import Struct

from gateway.errors import LiferingError

FORMAT = 1
NAME = "manifest.json"
STORE = ("store/alerts.db", "store/readings.db")
SAFE = re.compile(r"config(/[^/\0]+)+")


class WrongBackup(LiferingError):
    """This file cannot be restored; `code` is a key of `words/backup.py`, `facts` what it says there."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


class Entry(Struct, frozen=True, kw_only=True):
    """One file. `mode`, `user` and `group` as they were there: the service must be able to read it on the other box too."""

    sha256: str
    bytes: int
    mode: int
    user: str
    group: str


class Manifest(Struct, frozen=True, kw_only=True):
    """`at`: RFC 3339. `config`: the name of the configuration. `data_dir`: as seen from its folder. `outside`: files that the
    configuration names and that are not in here. `key`: that of an encrypted store."""

    format: int = FORMAT
    version: str
    gateway: str
    epoch: int
    at: str
    config: str
    data_dir: str
    files: dict[str, Entry]
    outside: tuple[str, ...] = ()
    key: Literal["none", "inside", "outside"] = "none"

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(entry.bytes for entry in self.files.values())


def encode(manifest: Manifest) -> bytes:
    """As the first file of the backup."""
    return msgspec.json.format(msgspec.json.encode(manifest))


def decode(data: bytes) -> Manifest:
    """Raises WrongBackup."""
    try:
        if msgspec.json.decode(data, type=_Version).format > FORMAT:
            raise WrongBackup("newer backup")
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, RecursionError) as error:
        raise WrongBackup("no backup") from error
    if unsafe := [name for name in manifest.files if not is_safe(name)]:
        raise WrongBackup("unsafe name", what=repr(unsafe[0]))
    if f"config/{manifest.config}" not in manifest.files or not manifest.files.keys() >= set(STORE):
        raise WrongBackup("incomplete")
    return manifest


class _Version(Struct):
    format: int


def is_safe(name: str) -> bool:
    """Whether a file of this name stays in the folder that it is meant for."""
    return name in STORE or (SAFE.fullmatch(name) is not None and not {"..", "."} & set(name.split("/")))


def parts(names: Iterable[str]) -> set[str]:
    """The first part of each name below `config/`."""
    return {name.split("/")[1] for name in names if name.startswith("config/")}
