"""`lifering restore`: puts a backup in place, on this box or on a spare one; all of it or nothing."""

from __future__ import annotations

import argparse
import os
import pwd
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gateway.backup import places
from gateway.backup.manifest import Manifest, WrongBackup
from gateway.backup.places import BEFORE, STAGED, Places, Plan
from gateway.backup.unpack import look_into, put_names, stage
from gateway.cli import FAILED, WELL, WRONG
from gateway.cli.usage import Parser
from gateway.clock import SystemClock
from gateway.errors import FaultySettings, StoreBroken, StoreNotOurs
from gateway.settings.data_folder import data_folder
from gateway.settings.language import USUAL_FILE
from gateway.settings.machine.service_user import there_is
from gateway.settings.machine.unit import Unit, installed
from gateway.store.copying import begin_another_life
from gateway.store.folder import LOCK, Folder, is_held
from gateway.system_errors import told_of
from gateway.words.backup import RESTORE

MARGIN = 10_000_000  # bytes


def configure(parser: Parser) -> None:
    """The options."""
    parser.add_argument("file", type=Path, metavar="FILE", help=parser.words("restore file"))
    parser.add_argument("--config", type=Path, default=USUAL_FILE, metavar="FILE", help=parser.words("restore config"))


def run(args: argparse.Namespace) -> int:
    """1: it cannot be restored, and nothing was changed; 2: a gateway runs here."""
    args.config = args.config.absolute()
    try:
        manifest = look_into(args.file)
        data = args.config.parent / manifest.data_dir
        if is_held(data) or _runs_here(args.config):
            return _complain(_said("running", args), WRONG)
        return _restored(args, manifest, Places(args.config.parent, args.config.name, data, _service(data)))
    except StoreNotOurs:
        return _complain(_said("running", args), WRONG)
    except WrongBackup as wrong:
        return _complain(_said("refused", args, file=args.file, why=_said(wrong.code, args, **wrong.facts)), FAILED)
    except OSError as error:
        return _complain(
            _said("refused", args, file=error.filename or args.file, why=told_of(error, args.spoken)),
            FAILED,
        )


def _runs_here(config: Path) -> bool:
    """Whether a gateway runs with the configuration that is here now."""
    try:
        return is_held(data_folder(config))
    except FaultySettings:  # there is none yet
        return False


def _service(data: Path) -> tuple[int, int] | None:
    """Whose the files must be: root gives them to the user of the unit, and where there is none to whom the data folder is."""
    if os.geteuid() != 0:
        return None
    user = (installed() or Unit()).user
    if there_is(user):
        known = pwd.getpwnam(user)
        return known.pw_uid, known.pw_gid
    owner = data.stat() if data.exists() else None
    return (owner.st_uid, owner.st_gid) if owner else None


def _restored(args: argparse.Namespace, manifest: Manifest, where: Places) -> int:
    held, backup = Folder(where.data), f"{manifest.gateway} {manifest.at}"
    held.hold(to_restore=True)
    try:
        decided = places.unfinished(where.data)
        if decided is None:
            decided = _ready(args, manifest, where, backup)
            places.decide(where.data, decided)
        elif decided.of != backup:
            raise WrongBackup("another backup", of=decided.of)
        return _finished(args, manifest, where, decided)
    finally:
        held.release()


def _ready(args: argparse.Namespace, manifest: Manifest, where: Places, backup: str) -> Plan:
    """Everything lies beside its place, whole and looked at. Raises WrongBackup, OSError: nothing has changed."""
    now = datetime.now(UTC)
    try:
        _look_for_room(manifest, where)
        stage(args.file, manifest, where)
        begin_another_life(where.data / STAGED, SystemClock())
        return places.plan(where, backup, f"{BEFORE}{now:%Y%m%d-%H%M%S}", put_names(manifest, where))
    except BaseException as error:
        for folder in where.both:
            shutil.rmtree(folder / STAGED, ignore_errors=True)
        if isinstance(error, StoreBroken):
            code = "newer" if str(error) == "newer" else "corrupt"
            raise WrongBackup(code, version=manifest.version) from error
        raise


def _look_for_room(manifest: Manifest, where: Places) -> None:
    free, wanted = shutil.disk_usage(where.data).free, manifest.size + MARGIN
    if free < wanted:
        raise WrongBackup("no room", folder=where.data, free_mb=free / 1e6, wanted_mb=wanted / 1e6)


def _finished(args: argparse.Namespace, manifest: Manifest, where: Places, decided: Plan) -> int:
    try:
        places.finish(where.data, decided)
        for path in (where.data, where.data / LOCK):
            places.give(path, where.service)
    except OSError as error:
        return _complain(_said("cut", args, why=told_of(error, args.spoken)), FAILED)
    print(*_told(args, manifest, where, decided), sep="\n")
    return WELL


def _told(args: argparse.Namespace, manifest: Manifest, where: Places, decided: Plan) -> Iterator[str]:
    yield _said(
        "restored",
        args,
        gateway=manifest.gateway,
        at=manifest.at,
        version=manifest.version,
        config=args.config,
        data=where.data,
    )
    for folder, old in ((where.config, decided.old_config), (where.data, decided.old_data)):
        if old:
            yield _said("kept", args, folder=folder / decided.before)
    yield _said("clone", args, gateway=manifest.gateway)
    yield _said("since", args)
    if manifest.key == "outside":
        yield _said("key outside", args)
    yield from (_said("outside", args, what=what) for what in manifest.outside)
    yield _said("next", args)


def _said(name: str, args: argparse.Namespace, **facts: object) -> str:
    return RESTORE[name].of(args.spoken).format(**facts)


def _complain(what: str, code: int) -> int:
    print(f"lifering restore: {what}", file=sys.stderr)
    return code
