"""Puts the files of a set-up in their place: each in one step, the configuration last, what was there kept beside it."""

from __future__ import annotations

import grp
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from gateway.cli.setup.answers import FILES, PASSWORD, Answers, BandAnswer, configuration
from gateway.mistake import Mistake
from gateway.settings import csv_table, named_files, roster_file
from gateway.settings.checker import Examined
from gateway.settings.file import examine
from gateway.settings.shipped import shipped
from gateway.settings.values import printed
from gateway.store.rescue.quarantine import sync_folder

GROUP = "lifering"
HEADER = "\ufeffaddress,driver,wearer,room,key,model\r\n".encode()
NAMES = {"ca_file": "ca.pem", "cert_file": "gateway.pem", "key_file": "gateway.key", "password_file": PASSWORD}
OWN = {f"mqtt.{key}" for key in NAMES}  # looked at where they come from: they are not in their place yet


class SetUp(NamedTuple):
    """What is to be written, in this order, and what `check` finds in it."""

    files: Mapping[Path, bytes]
    examined: Examined

    @property
    def mistakes(self) -> Sequence[Mistake]:
        """Those that are not of files that are yet to come."""
        return [mistake for mistake in self.examined.mistakes if mistake.key not in OWN]


def base(config: Path) -> str:
    """The text that the answers are put into: that of the configuration that is there, else that of the example."""
    try:
        text = config.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        text = ""
    return text if text and examine(config).values is not None else example()


def example() -> str:
    """The configuration that comes with the program."""
    return shipped("gateway.toml").read_text(encoding="utf-8")


def is_example(config: Path) -> bool:
    """Whether nobody has written one yet. Raises OSError."""
    return not config.exists() or config.read_bytes() == shipped("gateway.toml").read_bytes()


def prepared(config: Path, answers: Answers, sources: Mapping[str, bytes]) -> SetUp:
    """`sources`: what certificates and password are to hold, by their key; what is not among them stays as it was."""
    text = base(config)
    names = {key: _name(config, answers, key, sources) for key in NAMES}
    new = configuration(text, answers, {key: name for key, name in names.items() if name})
    files = {config.parent / NAMES[key]: data for key, data in sources.items()}
    roster = config.parent / "wristbands.csv"
    if 'file = "wristbands.csv"' in new:
        files[roster] = _with_bands(_roster(roster), answers.wristband)
    files[config] = new.encode()
    examined = examine(config, lambda path: files.get(path) or named_files.content(path))
    return SetUp(files, examined)


def _name(config: Path, answers: Answers, key: str, sources: Mapping[str, bytes]) -> str:
    """Under which it lies; "": there is none."""
    if key in sources:
        return NAMES[key]
    said: str = getattr(answers, key)
    return said if said and (config.parent / said).exists() else ""


def _roster(file: Path) -> bytes:
    """Without the bands of the example, which are nobody's."""
    there = file.read_bytes() if file.exists() else HEADER
    return HEADER if there == shipped("wristbands.csv").read_bytes() else there


def _with_bands(data: bytes, bands: Sequence[BandAnswer]) -> bytes:
    header, *rows = csv_table.rows(data)
    columns = roster_file.names(header.cells)
    known = {printed(row.cells[columns.index("address")]) for row in rows}
    for band in bands:
        values = {"address": band.address, "driver": band.driver, "wearer": band.wearer, "room": band.room}
        if printed(band.address) not in known:
            data = csv_table.with_row(data, [values.get(name, "") for name in columns])
    return data


def sources_of(answers: Answers, folder: Path) -> dict[str, bytes]:
    """What certificates and password hold that lie in this folder. Raises BadFile, which names the file and what is wrong."""
    looks: Mapping[str, Callable[[Path], object]] = {
        "ca_file": named_files.certificate,
        "cert_file": named_files.certificate,
        "key_file": named_files.private_key,
        "password_file": named_files.password,
    }
    found = {}
    for key in (*FILES, "password_file"):
        if name := getattr(answers, key):
            looks[key](folder / name)
            found[key] = named_files.content(folder / name)
    return found


def place(config: Path, files: Mapping[Path, bytes]) -> list[Path]:
    """On the disk when it returns; gives the copies of what was replaced. Raises OSError."""
    kept = []
    new = not is_example(config)
    ending = f".before-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    for path, data in files.items():
        if path.exists() and path.read_bytes() == data:
            continue
        if new and path.exists():
            copy = path.with_name(path.name + ending)
            shutil.copy2(path, copy)
            kept.append(copy)
        _put(path, data)
    return kept


def _put(path: Path, data: bytes) -> None:
    """Mode 0640, of root and the group of the service; as the old one where there is one."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            _give(descriptor, path)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _give(descriptor: int, path: Path) -> None:
    if path.exists():
        old = path.stat()
        os.fchown(descriptor, old.st_uid, old.st_gid)
        os.fchmod(descriptor, old.st_mode & 0o7777)
        return
    os.fchmod(descriptor, 0o640)
    if os.geteuid() == 0:
        with suppress(KeyError):  # no package is installed: whoever runs the gateway is who sets it up
            os.fchown(descriptor, 0, grp.getgrnam(GROUP).gr_gid)
