"""`lifering backup`: the configuration with its secrets, and the store, in one file; also while the gateway runs."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct, structs

from gateway.backup.manifest import Manifest, WrongBackup
from gateway.backup.pack import entry_of, files_of, write
from gateway.cli import FAILED, WELL
from gateway.cli.running_gateway import NotRunning, read_as, the_only
from gateway.cli.stores import stores
from gateway.cli.usage import Parser
from gateway.errors import StoreBroken
from gateway.settings.configuration import Settings
from gateway.settings.file import load
from gateway.settings.language import USUAL_FILE
from gateway.settings.machine.credentials import within_reach
from gateway.store.copying import epoch_of
from gateway.system_errors import told_of
from gateway.whys import meaning
from gateway.words.backup import BACKUP, RESTORE
from gateway.words.stored import STORES


class Copied(Struct, frozen=True):
    """The answer to `copy`."""

    folder: str


def configure(parser: Parser) -> None:
    """The options."""
    parser.add_argument("file", type=Path, metavar="FILE", help=parser.words("backup file"))
    parser.add_argument("--config", type=Path, default=USUAL_FILE, metavar="FILE", help=parser.words("config"))


@within_reach()
def run(args: argparse.Namespace) -> int:
    """1: the store could not be copied, or the file could not be written; then nothing was changed."""
    settings = load(args.config).settings
    try:
        with stores(args) as ask:
            folder = Path(read_as(the_only(ask("copy", {})), Copied).folder)
    except NotRunning:
        return _complain(STORES["ended"].of(args.spoken))
    try:
        manifest = _packed(args, settings, folder)
    except PermissionError as error:
        if error.filename and Path(error.filename).is_relative_to(folder):
            return _complain(_said("only root", args))
        return _complain(_said("cannot write", args, file=args.file, why=told_of(error, args.spoken)))
    except OSError as error:
        return _complain(_said("cannot write", args, file=args.file, why=told_of(error, args.spoken)))
    except StoreBroken as why:
        return _complain(meaning(str(why), args.spoken))
    except WrongBackup as wrong:
        return _complain(RESTORE[wrong.code].of(args.spoken).format(**wrong.facts))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(*_told(args, manifest), sep="\n")
    return WELL


def _packed(args: argparse.Namespace, settings: Settings, copies: Path) -> Manifest:
    config, target = args.config.absolute(), args.file.absolute()
    data = settings.gateway.data_dir.absolute()
    files = {name: path for name, path in files_of(config, data).items() if path != target}
    named = [path for path in named_files_of(settings) if path.absolute() not in files.values()]
    key = settings.store.key_file
    files |= {f"store/{name}": copies / name for name in ("alerts.db", "readings.db")}
    manifest = Manifest(
        version=version("lifering"),
        gateway=settings.gateway.id,
        epoch=epoch_of(copies),
        at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        config=config.name,
        data_dir=str(data.relative_to(config.parent) if data.is_relative_to(config.parent) else data),
        files={name: entry_of(path) for name, path in files.items()},
        outside=tuple(str(path.resolve()) for path in named if path != key),
        key="none" if key is None else "outside" if key in named else "inside",
    )
    write(target, manifest, files)
    return manifest


def named_files_of(settings: Settings) -> Iterator[Path]:
    """Every file that the configuration names."""
    sections = [
        settings.mqtt,
        settings.roster,
        settings.duty,
        settings.modem,
        settings.page,
        settings.store,
        *settings.wristband,
    ]
    for section in sections:
        said: Mapping[str, object] = structs.asdict(section) if section else {}
        yield from (value for value in said.values() if isinstance(value, Path))


def _told(args: argparse.Namespace, manifest: Manifest) -> Iterator[str]:
    configuration = sum(name.startswith("config/") for name in manifest.files)
    size = args.file.stat().st_size / 1_000_000
    yield _said("written", args, file=args.file, gateway=manifest.gateway, mb=size, files=configuration)
    yield _said("open to all" if args.file.stat().st_mode & 0o077 else "secrets", args)
    if manifest.key != "none":
        yield _said(f"key {manifest.key}", args)
    yield from (_said("outside", args, what=what) for what in manifest.outside)


def _said(name: str, args: argparse.Namespace, **facts: object) -> str:
    return BACKUP[name].of(args.spoken).format(**facts)


def _complain(what: str) -> int:
    print(f"lifering backup: {what}", file=sys.stderr)
    return FAILED
