"""Who has a device open: by the descriptors of every process, and by the lock files that programs of old leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from gateway.doctor.host import Host


class Holder(NamedTuple):
    """A process. `command`: its arguments."""

    name: str
    pid: int
    command: tuple[str, ...] = ()

    @property
    def is_gateway(self) -> bool:
        """Whether it is a lifering that runs."""
        return "run" in self.command and any(Path(word).name in ("lifering", "gateway") for word in self.command)


def holders(host: Host, devices: frozenset[str]) -> Mapping[str, Holder]:
    """By device, as it is called without links; what may not be looked into holds nothing that we can see."""
    found: dict[str, Holder] = {}
    for folder in host.glob("proc/[0-9]*"):
        for device in _open_in(host.root / folder / "fd") & devices:
            found.setdefault(device, _process(host, int(Path(folder).name)))
    for device in devices - found.keys():
        if pid := _locked_by(host, device):
            found[device] = _process(host, pid)
    return found


def running(host: Host) -> frozenset[str]:
    """The names of all processes."""
    return frozenset(host.text(f"{folder}/comm") for folder in host.glob("proc/[0-9]*"))


def _open_in(folder: Path) -> set[str]:
    return set(_links(folder))


def _links(folder: Path) -> Iterator[str]:
    try:
        descriptors = list(folder.iterdir())
    except OSError:
        return
    for descriptor in descriptors:
        try:
            yield str(descriptor.readlink())
        except OSError:
            continue


def _locked_by(host: Host, device: str) -> int | None:
    """The process that a lock file in the manner of UUCP names, where it lives."""
    pid = host.number(f"run/lock/LCK..{Path(device).name}")
    return pid if pid and host.text(f"proc/{pid}/comm") else None


def _process(host: Host, pid: int) -> Holder:
    command = tuple(host.text(f"proc/{pid}/cmdline").split("\0"))
    return Holder(host.text(f"proc/{pid}/comm") or "?", pid, command)
