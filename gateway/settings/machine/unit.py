"""Knows what the unit of the service may do: as whom it runs, and where its sandbox lets it write. See systemd.exec(5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

NAME = "lifering.service"
FOLDERS = ("etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system")
STATE = Path("/var/lib")
HOMES = (Path("/home"), Path("/root"), Path("/run/user"))
TEMPORARY = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108  # no file is made there
OFF = ("", "no", "false", "0", "off")


class Unit(NamedTuple):
    """The settings of the unit that bear on files."""

    user: str = "lifering"
    groups: tuple[str, ...] = ()
    state: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    is_strict: bool = False
    hides_homes: bool = False
    has_own_tmp: bool = False
    credentials: tuple[str, ...] = ()
    """Each `name` or `name:path`."""

    def refuses(self, folder: Path) -> str | None:
        """The code of the reason for which the service cannot keep its data in this folder; None: it can."""
        if self.makes(folder):
            return None
        if self.has_own_tmp and _is_in(folder, TEMPORARY):
            return "data_dir_in_tmp"
        if self.hides_homes and _is_in(folder, HOMES):
            return "data_dir_in_home"
        return "data_dir_outside_sandbox" if self.is_strict and not _is_in(folder, self.writable) else None

    def makes(self, folder: Path) -> bool:
        """Whether systemd itself makes this folder and gives it to the user."""
        return _is_in(folder, self.state)


def installed(root: Path = Path("/")) -> Unit | None:
    """The unit of this machine with its drop-ins; None: there is none, or it may not be read."""
    texts = list(_texts(root))
    return read(texts) if texts else None


def of_this_process(root: Path = Path("/")) -> Unit | None:
    """The same, where systemd has started this process by it; None: somebody runs the gateway by hand."""
    try:
        groups = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return None
    return installed(root) if any(group.endswith(f"/{NAME}") for group in groups) else None


def _texts(root: Path) -> Iterator[str]:
    with suppress(OSError):
        files = [file for folder in FOLDERS if (file := root / folder / NAME).is_file()]
        drop_ins = {file.name: file for folder in reversed(FOLDERS) for file in (root / folder / f"{NAME}.d").glob("*.conf")}
        if files:
            yield files[0].read_text()
            yield from (drop_ins[name].read_text() for name in sorted(drop_ins))


def read(texts: Iterable[str]) -> Unit:
    """What a unit says, and its drop-ins after it. Pure."""
    said: dict[str, list[str]] = {}
    for text in texts:
        for line in text.replace("\\\n", " ").splitlines():
            key, equals, value = line.strip().partition("=")
            if equals and not key.startswith(("#", ";")):
                said[key] = [*said.get(key, []), *value.split()] if value.strip() else []  # an empty one forgets those before

    def last(key: str) -> str:
        return (said.get(key) or [""])[-1]

    return Unit(
        user=last("User") or "root",
        groups=tuple(said.get("SupplementaryGroups", ())),
        state=tuple(STATE / name for name in said.get("StateDirectory", ())),
        writable=tuple(Path(path.lstrip("-+")) for path in said.get("ReadWritePaths", ())),
        is_strict=last("ProtectSystem") == "strict",
        hides_homes=last("ProtectHome") not in OFF,
        has_own_tmp=last("PrivateTmp") not in OFF,
        credentials=(*said.get("LoadCredential", ()), *map(_decrypted, said.get("LoadCredentialEncrypted", ()))),
    )


def _decrypted(credential: str) -> str:
    """Where systemd keeps what it has decrypted, as long as the service runs."""
    name = credential.partition(":")[0]
    return f"{name}:/run/credentials/{NAME}/{name}"


def _is_in(folder: Path, places: Iterable[Path]) -> bool:
    return any(folder.is_relative_to(place) for place in places)
