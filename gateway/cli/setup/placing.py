"""Puts the files of a set-up in their place, so that a cut between any two of them leaves the old configuration or the new one.

Nothing that the old one names is changed before the new one is in place: a secret that differs gets a name of its own, and a
table that the old one reads gets its rows afterwards. What was there is kept beside it.
"""

from __future__ import annotations

import grp
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import NamedTuple

from gateway.cli.setup.answers import (
    DUTY_LIST,
    FILES,
    ROSTER,
    Answers,
    BandAnswer,
    PhoneAnswer,
    configuration,
    duty_list_of,
    roster_of,
)
from gateway.mistake import Mistake
from gateway.settings import csv_table, named_files, roster_file
from gateway.settings.checker import Examined
from gateway.settings.columns import PEOPLE, named
from gateway.settings.file import examine
from gateway.settings.replace_file import alone_with
from gateway.settings.shipped import shipped
from gateway.settings.values import printed
from gateway.store.rescue.quarantine import sync_folder

GROUP = "lifering"
BEGUN = ".setup-"  # what is not yet in its place
ROSTER_HEADER = "\ufeffaddress,driver,wearer,room,key,model\r\n".encode()
PHONES_HEADER = "\ufeffname,phone,days,hours,test\r\n".encode()
NAMES = {
    "ca_file": "ca.pem",
    "cert_file": "gateway.pem",
    "key_file": "gateway.key",
    "password_file": "mqtt-password",
    "pin_file": "sim-pin",
}
SECRETS = ("password_file", "pin_file")
OWN = {"modem.pin_file" if key == "pin_file" else f"mqtt.{key}" for key in NAMES}  # looked at where they come from


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
    """`sources`: what certificates and secrets are to hold, by their key; what is not among them stays as it was."""
    text = base(config)
    fresh = {key: _fresh(config.parent / NAMES[key], data) for key, data in sources.items()}
    kept = {key: name for key in NAMES.keys() - fresh if (name := getattr(answers, key)) and (config.parent / name).exists()}
    new = configuration(text, answers, {key: path.name for key, path in fresh.items()} | kept)
    tables = dict(_tables(config.parent, new, answers))
    read_now = set() if is_example(config) else {config.parent / name for name in (roster_of(text), duty_list_of(text)) if name}
    files = {fresh[key]: data for key, data in sources.items()}
    files |= {path: data for path, data in tables.items() if path not in read_now}
    files[config] = new.encode()
    files |= {path: data for path, data in tables.items() if path in read_now}
    return SetUp(files, examine(config, lambda path: files.get(path) or named_files.content(path)))


def _fresh(path: Path, data: bytes) -> Path:
    """The first of such names under which nothing else lies: `ca.pem`, `ca-2.pem`."""
    number = 1
    while (named := path.with_stem(f"{path.stem}-{number}") if number > 1 else path).exists() and named.read_bytes() != data:
        number += 1
    return named


def _tables(folder: Path, text: str, answers: Answers) -> Iterable[tuple[Path, bytes]]:
    """The roster and the duty list, where they are in this folder; examples are nobody's."""
    if roster_of(text) == ROSTER:
        yield folder / ROSTER, _with_bands(_without_examples(folder / ROSTER, ROSTER_HEADER), answers.wristband)
    if duty_list_of(text) == DUTY_LIST and answers.phone:
        yield folder / DUTY_LIST, _with_phones(_without_examples(folder / DUTY_LIST, PHONES_HEADER), answers.phone)


def _without_examples(file: Path, header: bytes) -> bytes:
    there = file.read_bytes() if file.exists() else header
    return header if there == shipped(file.name).read_bytes() else there


def _with_bands(data: bytes, bands: Sequence[BandAnswer]) -> bytes:
    header, *rows = csv_table.rows(data)
    columns = roster_file.names(header.cells)
    known = {printed(row.cells[columns.index("address")]) for row in rows}
    for band in bands:
        values = {"address": band.address, "driver": band.driver, "wearer": band.wearer, "room": band.room}
        if printed(band.address) not in known:
            data = csv_table.with_row(data, [values.get(name, "") for name in columns])
    return data


def _with_phones(data: bytes, phones: Sequence[PhoneAnswer]) -> bytes:
    header, *rows = csv_table.rows(data)
    columns = named(header.cells, PEOPLE)
    known = {row.cells[columns.index("name")] for row in rows}
    for one in phones:
        values = {"name": one.name, "phone": one.phone, "days": one.days, "hours": one.hours, "test": "yes" if one.test else ""}
        if one.name not in known:
            data = csv_table.with_row(data, [values.get(name, "") for name in columns])
    return data


def sources_of(answers: Answers, folder: Path) -> dict[str, bytes]:
    """What certificates and secrets hold that lie in this folder. Raises BadFile, which names the file and what is wrong."""
    looks: Mapping[str, Callable[[Path], object]] = {
        "ca_file": named_files.certificate,
        "cert_file": named_files.certificate,
        "key_file": named_files.private_key,
        "password_file": named_files.password,
        "pin_file": named_files.pin,
    }
    found = {}
    for key in (*FILES, *SECRETS):
        if name := getattr(answers, key):
            looks[key](folder / name)
            found[key] = named_files.content(folder / name)
    return found


def place(config: Path, answers: Answers, sources: Mapping[str, bytes]) -> list[Path]:
    """What is `prepared`, on the disk when it returns; gives the copies of what was replaced. Raises OSError.

    What is there is read while nobody else writes: the row of a band that was enrolled a moment ago stays.
    """
    kept = []
    examples = {shipped(name).read_bytes() for name in ("gateway.toml", ROSTER, DUTY_LIST)}
    ending = f".before-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    with alone_with(config):
        for cut_off in config.parent.glob(f"{BEGUN}*"):
            cut_off.unlink()
        for path, data in prepared(config, answers, sources).files.items():
            there = path.read_bytes() if path.exists() else None
            if there == data:
                continue
            if there is not None and there not in examples:
                kept.append(_free(path.with_name(path.name + ending)))
                _put(kept[-1], there, like=path)
            _put(path, data, like=path)
    return kept


def _free(path: Path) -> Path:
    """The first of such names under which nothing lies: `x`, `x-2`."""
    return next(name for number in count(1) if not (name := path.with_name(path.name + f"-{number}" * (number > 1))).exists())


def _put(path: Path, data: bytes, *, like: Path) -> None:
    """Mode 0640, of root and the group of the service; as the old one where there is one."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=BEGUN)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _give(descriptor, like)
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
