"""Builds the Debian package of lifering: everything that it needs of Python's packages is inside.

    ./dev package [amd64|arm64] [--usb] [--version V] [--into FOLDER]

The wheels that requirements.txt pins are fetched by pip for Python 3.11, 3.12 and 3.13 and unpacked into one folder: their
files are the same but for the compiled modules, and those carry the version of Python in their names. The same commit gives the
same bytes: times are those of the commit (SOURCE_DATE_EPOCH), owners root, modes fixed, names in order.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from debian.bundle import bundle

HERE = Path(__file__).parent
ROOT = HERE.parent
LOCK = ROOT / "requirements.txt"
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
PYTHONS = ("3.11", "3.12", "3.13")
OLDEST_GLIBCS = (17, 24, 26, 27, 28)  # up to that of `Depends: libc6`
TREE = "usr/lib/lifering/shipped"
DOC = "usr/share/doc/lifering"
UNITS = "usr/lib/systemd/system"
SCRIPTS = ("preinst", "postinst", "prerm", "postrm")
OF_ONE_PYTHON = re.compile(r"[^/]+\.dist-info/(RECORD|WHEEL|sboms/.*)")  # what a wheel says of itself; nobody reads it here

FILES = {
    "debian/lifering": "usr/bin/lifering",
    "debian/trial": "usr/lib/lifering/trial",
    "debian/lintian-overrides": "usr/share/lintian/overrides/lifering",
    "debian/copyright": f"{DOC}/copyright",
    "systemd/lifering.service": f"{UNITS}/lifering.service",
    "systemd/lifering-trial.service": f"{UNITS}/lifering-trial.service",
    "systemd/lifering.back-off.conf": f"{UNITS}/lifering.back-off.conf",
    "systemd/bluetooth.service.d/lifering.conf": f"{UNITS}/bluetooth.service.d/lifering.conf",
    "systemd/brltty.service.d/lifering.conf": f"{UNITS}/brltty.service.d/lifering.conf",
    "systemd/journald.conf.d/lifering.conf": "usr/lib/systemd/journald.conf.d/lifering.conf",
    "systemd/system.conf.d/lifering.conf": "usr/lib/systemd/system.conf.d/lifering.conf",
    "systemd/lifering.sysusers": "usr/lib/sysusers.d/lifering.conf",
    "systemd/lifering.tmpfiles": "usr/lib/tmpfiles.d/lifering.conf",
    "systemd/lifering.rules": "usr/lib/udev/rules.d/70-lifering.rules",
    "systemd/lifering.dbus.conf": "usr/share/dbus-1/system.d/lifering.conf",
    ".ci/allowed_signers": "usr/share/lifering/allowed_signers",
    "config/mosquitto-acl.example": f"{DOC}/examples/mosquitto-acl.example",
}


def main() -> int:
    """Builds one package or both; prints their paths."""
    parser = argparse.ArgumentParser(prog="./dev package", description="Builds the Debian package.")
    parser.add_argument("architectures", nargs="*", metavar="amd64|arm64", help="default: both")
    parser.add_argument("--version", help="default: that of the release, or the release with the commit's time and id")
    parser.add_argument("--into", type=Path, default=ROOT / "dist", metavar="FOLDER", help="default: dist/")
    parser.add_argument("--usb", action="store_true", help="also the folder for a USB stick, as a tar")
    args = parser.parse_args()
    if unknown := set(args.architectures) - MACHINES.keys():
        parser.error(f"no such architecture: {' '.join(unknown)}")
    at = moment()
    version = args.version or version_of(at)
    args.into.mkdir(parents=True, exist_ok=True)
    packages = [build(one, version, at, args.into, wheels(one)) for one in args.architectures or MACHINES]
    print(*packages, *([bundle(packages, args.into, version, at)] if args.usb else []), sep="\n")
    return 0


def build(architecture: str, version: str, at: int, into: Path, needed: Iterable[Path]) -> Path:
    """One package, with the wheels that it needs beside its own inside; gives its path."""
    package = into / f"lifering_{version}_{architecture}.deb"
    with TemporaryDirectory(prefix="lifering-deb-") as folder:
        root = Path(folder)
        for wheel in [*needed, own_wheel(at, root / "wheel")]:
            unpack(wheel, root / TREE)
        shutil.rmtree(root / "wheel")
        lay_out(root, version, at)
        describe(root, architecture, version)
        fix_modes(root)
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--threads-max=1", "--build", str(root), str(package)]
        run(command, SOURCE_DATE_EPOCH=str(at))
    return package


def moment() -> int:
    """Seconds since 1970 of the commit, or SOURCE_DATE_EPOCH."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or git("log", "-1", "--format=%ct"))


def version_of(at: int) -> str:
    """`0.2.0` for the commit of a release, else `0.2.0+20261130.2207.8a25247`: after that release, and before the next."""
    released: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if f"v{released}" in git("tag", "--points-at", "HEAD").split():
        return released
    return f"{released}+{datetime.fromtimestamp(at, UTC):%Y%m%d.%H%M}.{git('rev-parse', '--short=7', 'HEAD')}"


def wheels(architecture: str) -> Iterator[Path]:
    """What requirements.txt pins, for each Python; fetched once for each state of the file."""
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    for python in PYTHONS:
        folder = ROOT / "build" / "wheels" / lock / f"{architecture}-{python}"
        if not folder.is_dir():
            print(f"package: fetching the wheels for {architecture}, Python {python}", file=sys.stderr)
            fetch(MACHINES[architecture], python, folder)
        yield from sorted(folder.iterdir())


def fetch(machine: str, python: str, folder: Path) -> None:
    """Those whose hashes stand in the lock, from wherever pip gets its packages."""
    unfinished = folder.with_name(f"{folder.name}.part")
    platforms = [f"--platform=manylinux_2_{glibc}_{machine}" for glibc in OLDEST_GLIBCS]
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    target = [f"--platform=manylinux2014_{machine}", *platforms, f"--python-version={python}", "--implementation=cp"]
    run([sys.executable, "-m", "pip", "download", *options, *target, f"--dest={unfinished}", f"--requirement={LOCK}"])
    unfinished.rename(folder)


def own_wheel(at: int, folder: Path) -> Path:
    """The wheel of lifering itself, of what lies in the working tree."""
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], SOURCE_DATE_EPOCH=str(at))
    (wheel,) = folder.glob("*.whl")
    return wheel


def unpack(wheel: Path, into: Path) -> None:
    """Lays the files of a wheel beside what is there. Raises ValueError where a file is there with other bytes."""
    with ZipFile(wheel) as archive:
        for name in archive.namelist():
            path = into / name
            if name.endswith("/") or OF_ONE_PYTHON.fullmatch(name):
                continue
            data = archive.read(name)
            if path.exists() and path.read_bytes() != data:
                raise ValueError(f"{wheel.name}: {name} is another file than in a wheel for another Python")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def lay_out(root: Path, version: str, at: int) -> None:
    """All that is not Python, in the places where the system looks for it."""
    for source, target in FILES.items():
        copy(ROOT / source, root / target)
    for page in (ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")):
        copy(page, root / DOC / page.name)
    for picture in (ROOT / "docs" / "pictures").glob("*.svg"):
        copy(picture, root / DOC / "pictures" / picture.name)
    shutil.copytree(root / UNITS / "brltty.service.d", root / UNITS / "brltty-udev.service.d")
    compress(changelog(version, at), root / DOC / "changelog.gz")
    compress((HERE / "lifering.1").read_text(encoding="utf-8"), root / "usr/share/man/man1/lifering.1.gz")


def changelog(version: str, at: int) -> str:
    """In Debian's form; what changed is told by our own."""
    when = format_datetime(datetime.fromtimestamp(at, UTC))
    lines = [
        f"lifering ({version}) stable; urgency=medium",
        "",
        "  * What changes for whoever runs the gateway: CHANGELOG.md.",
        "",
        f" -- The lifering authors <release@lifering.example>  {when}",
    ]
    return "\n".join(lines) + "\n"


def describe(root: Path, architecture: str, version: str) -> None:
    """The folder DEBIAN: control, sums, and the scripts with the version in them."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    kilobytes = sum(-(-path.stat().st_size // 1024) for path in files)
    said = {"@VERSION@": version, "@ARCHITECTURE@": architecture, "@SIZE@": str(kilobytes)}
    about = root / "DEBIAN"
    about.mkdir()
    for name in ("control", *SCRIPTS):
        text = (HERE / name).read_text(encoding="utf-8")
        for mark, value in said.items():
            text = text.replace(mark, value)
        (about / name).write_text(text, encoding="utf-8")
    sums = [
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(root)}\n" for path in files
    ]
    (about / "md5sums").write_text("".join(sums))


def fix_modes(root: Path) -> None:
    """Whatever the umask and the wheels say."""
    programs = {root / FILES["debian/lifering"], root / FILES["debian/trial"], *(root / "DEBIAN" / name for name in SCRIPTS)}
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path in programs else 0o644)


def copy(source: Path, target: Path) -> None:
    """With the folders that it needs."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def compress(text: str, target: Path) -> None:
    """As Debian wants manual pages and changelogs."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def git(*arguments: str) -> str:
    """What git says, without its last line's end."""
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def run(command: list[str], **environment: str) -> None:
    """Its output goes to stderr: stdout has the paths of the packages alone. Raises CalledProcessError."""
    subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr, env={**os.environ, **environment})


if __name__ == "__main__":
    raise SystemExit(main())
