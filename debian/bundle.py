"""Lays the packages out for a USB stick, with what installs them there without a network.

LIFERING_SIGNING_KEY=FILE signs the checksums, as those of a release (SECURITY.md); without it the bundle says that it is not
signed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
BESIDE = (
    "debian/usb/install.sh",
    "debian/usb/README.txt",
    ".ci/allowed_signers",
    "CHANGELOG.md",
    *(f"docs/{page}{language}.md" for page in ("technician", "daily-life", "mending") for language in ("", ".zh-CN")),
)
SUMS = "SHA256SUMS"


def bundle(packages: Sequence[Path], into: Path, version: str, at: int) -> Path:
    """The folder `lifering` that is copied onto the stick, as one tar in `into`; gives its path."""
    folder = into / f"lifering-usb-{version}" / "lifering"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for part in [*packages, *(ROOT / name for name in BESIDE)]:
        shutil.copyfile(part, folder / part.name)
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.iterdir())]
    (folder / SUMS).write_text("".join(sums))
    sign(folder / SUMS)
    packed = into / f"lifering-usb-{version}.tar"
    with tarfile.open(packed, "w") as archive:
        archive.add(folder, folder.name, filter=lambda entry: plain(entry, at))
    shutil.rmtree(folder.parent)
    return packed


def sign(sums: Path) -> None:
    """Beside them, by the key of the release, where there is one."""
    key = os.environ.get("LIFERING_SIGNING_KEY")
    if key:
        subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "lifering-release", "-f", key, str(sums)], check=True)
    else:
        print("package: the bundle is NOT SIGNED; LIFERING_SIGNING_KEY=FILE signs", file=sys.stderr)


def plain(entry: tarfile.TarInfo, at: int) -> tarfile.TarInfo:
    """Of whoever unpacks it, readable for all, and of the commit's time."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o755 if entry.isdir() or entry.name.endswith(".sh") else 0o644
    entry.mtime = at
    return entry
